-- Payments of which an event tells, and that no line stands for: nothing was owed by what is known. One row per event, the
-- latest first. What tells of a line that a batch pays too is not among them: that line is in question once it is paid.
with batched as (
    select l.lead, l.earned_by
    from line_states as s join earning_lines as l on s.id = l.id
    where l.kind <> 'adjustment' and (s.payment is not null or s.state in ('in_batch', 'approved', 'exported'))
),

left_over as (
    select * from payouts_told
    where id not in (select id from voids) and happened_at <= (select max(as_of) from evaluation_runs)
        and id not in (select event from told_lines where event is not null)
),

found as (
    select o.*
    from left_over as o
    anti join batched as b on o.lead = b.lead and coalesce(o.about, b.earned_by) = b.earned_by
)

select
    e.id, e.lead, l.program, l.partner, p.partner_name, v.disposition, e.amount, e.currency, e.happened_at
from found as e
left join (from leads where id in (select lead from found)) as l on e.lead = l.id
left join (from evaluations where lead in (select lead from found)) as v on e.lead = v.lead
left join partner_names as p on l.partner = p.partner
order by e.happened_at desc, e.id
