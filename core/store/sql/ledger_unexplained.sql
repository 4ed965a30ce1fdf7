-- Payments of which an event tells, and that no line stands for: nothing was owed by what is known. One row per event, the
-- latest first. What tells of a line that a batch paid too is not among them: that line is in question.
with told as (
    select
        id, lead, about, amount, currency, happened_at,
        row_number() over (partition by lead, about order by happened_at, id) as place
    from events
    where type = 'payout_paid' and id not in (select id from voids)
        and happened_at <= (select max(as_of) from evaluation_runs)
),

explained as (
    select lead, earned_by, payment is not null as is_recorded
    from lines where kind <> 'adjustment' and state in ('paid', 'void')
),

of_lead as (
    select
        e.lead, bool_or(e.is_recorded) as is_recorded, count(*) filter (t.id is null) as unnamed
    from explained as e
    left join told as t on e.lead = t.lead and e.earned_by = t.about and t.place = 1
    group by e.lead
)

select
    t.id, t.lead, l.program, l.partner, p.partner_name, v.disposition, t.amount, t.currency, t.happened_at
from told as t
left join explained as e on t.lead = e.lead and t.about = e.earned_by
left join of_lead as o on t.lead = o.lead
left join leads as l on t.lead = l.id
left join evaluations as v on t.lead = v.lead
left join partner_names as p on l.partner = p.partner
where case
    when t.about is null then t.place > coalesce(o.unnamed, 0) and not coalesce(o.is_recorded, false)
    else e.lead is null or (t.place > 1 and not e.is_recorded)
end
order by t.happened_at desc, t.id
