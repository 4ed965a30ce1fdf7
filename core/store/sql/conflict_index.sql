-- Leads whose place against other leads is or was in question. One row per such lead: of a pair the later one.
-- state: open (a person is asked, or has opened a case), settled (by a person), decided (by the rules alone).
with taken_back as (
    select id from voids where recorded_at <= $known_at
),

opened as (
    select
        c.id, c.opened_by, c.note, c.recorded_at, s.id is not null as is_settled, s.settled_by,
        s.recorded_at as settled_at,
        if((l.submitted_at, l.id) > (o.submitted_at, o.id), l.id, o.id) as lead
    from conflict_cases as c
    join leads as l on c.lead = l.id
    join leads as o on c.other_lead = o.id
    left join conflict_settlements as s
        on c.id = s.conflict_case and s.recorded_at <= $known_at and s.id not in (select id from taken_back)
    where c.recorded_at <= $known_at and c.id not in (select id from taken_back)
),

latest as (
    select * from opened qualify row_number() over (partition by lead order by is_settled, recorded_at desc) = 1
),

asked as (
    select e.lead, l.partner, unnest([l.person_key, l.org_key, l.email_org_key]) as key
    from evaluations as e
    join leads as l on e.lead = l.id
    where e.disposition = 'pending' and list_has_any(e.pending_on, $topics::varchar[])
),

keys as (
    select partner, person_key as key from leads
    union all
    select partner, org_key from leads
    union all
    select partner, email_org_key from leads
),

near as (
    select left_key as key from near_matches
    union all
    select right_key from near_matches
),

-- what is unknown for want of a search concerns no other lead
between_leads as (
    select a.lead from asked as a semi join near as n on a.key = n.key
    union
    select a.lead from asked as a join keys as k on a.key = k.key and a.partner <> k.partner
),

concerned as (
    select lead from latest
    union
    select lead from between_leads
    union
    select loser from conflicts
),

found as (
    select
        e.lead, e.program, e.disposition, e.due_on, c.winner, c.clause, t.id as conflict_case, t.opened_by,
        t.recorded_at as opened_at, t.settled_by, t.settled_at,
        case
            when not t.is_settled or b.lead is not null or (c.loser is not null and e.disposition = 'pending') then 'open'
            when t.is_settled then 'settled'
            else 'decided'
        end as state
    from concerned as one
    join evaluations as e on one.lead = e.lead
    left join latest as t on one.lead = t.lead
    left join between_leads as b on one.lead = b.lead
    left join conflicts as c on one.lead = c.loser
)

select
    found.*, l.partner, l.submitted_at, k.full_name, coalesce(o.name, k.company, k.full_name, k.email) as company,
    coalesce(p.name, nullif(concat_ws(' ', p.first_name, p.last_name), ''), l.partner) as partner_name
from found
join leads as l on found.lead = l.id
left join contacts as k on l.contact = k.id
left join organizations as o on l.org = o.id
left join partners as p on l.partner = p.id
