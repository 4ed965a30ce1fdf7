-- Ownerships that end soon, the soonest first. One row per lead.
with days as (
    select unnest($programs::varchar[]) as program, unnest($todays::date[]) as today, unnest($lasts::date[]) as last_on
),

soon as (
    select e.lead, e.program, e.owner_until, d.today
    from evaluations as e
    join days as d on e.program = d.program
    where e.owner_status = 'confirmed' and e.owner_until between d.today and d.last_on
        and ($program::varchar is null or e.program = $program)
),

won as (
    select distinct lead
    from events
    where type = 'deal_won' and lead in (select lead from soon) and happened_at <= $as_of
        and id not in (select id from voids where recorded_at <= $as_of)
)

select
    s.lead, s.program, s.owner_until, s.today, l.partner, k.full_name, coalesce(o.name, k.company) as company,
    coalesce(p.name, nullif(concat_ws(' ', p.first_name, p.last_name), ''), l.partner) as partner_name,
    w.lead is not null as is_won
from soon as s
join leads as l on s.lead = l.id
left join contacts as k on l.contact = k.id
left join organizations as o on l.org = o.id
left join partners as p on l.partner = p.id
left join won as w on s.lead = w.lead
where $partner::varchar is null or l.partner = $partner
order by s.owner_until, s.lead
