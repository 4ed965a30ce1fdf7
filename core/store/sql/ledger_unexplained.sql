-- Payments of which an event tells, and that no line stands for: nothing was owed by what is known. One row per event, the
-- latest first. What tells of a line that a batch pays too is not among them: that line is in question once it is paid.
with batched as (
    select lead, earned_by from lines
    where kind <> 'adjustment' and (payment is not null or state in ('in_batch', 'approved', 'exported'))
),

left_over as (
    select id, lead, about, amount, currency, happened_at from events
    where type = 'payout_paid' and id not in (select id from voids)
        and happened_at <= (select max(as_of) from evaluation_runs)
        and id not in (select event from told_payments where event is not null)
),

found as (
    select * from left_over as e
    where not exists (from batched as b where b.lead = e.lead and (e.about is null or b.earned_by = e.about))
)

select
    e.id, e.lead, l.program, l.partner, p.partner_name, v.disposition, e.amount, e.currency, e.happened_at
from found as e
left join (from leads where id in (select lead from found)) as l on e.lead = l.id
left join (from evaluations where lead in (select lead from found)) as v on e.lead = v.lead
left join partner_names as p on l.partner = p.partner
order by e.happened_at desc, e.id
