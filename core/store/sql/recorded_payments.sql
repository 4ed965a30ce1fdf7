-- What was paid, and what of it came back (below nothing), as it was recorded: by a batch with its day and month, or one
-- by one, by paid_at. One row per line and payment or return.
with recorded as (
    select
        b.line, r.payment, b.amount, r.paid_on, null::timestamp as paid_at, r.period, r.reference, false as is_return
    from batch_lines as b
    join standing_results as r on b.payment = r.payment and r.result = 'paid'
    union all
    select b.line, r.id, -b.amount, r.returned_on, null, r.period, null, true
    from batch_lines as b
    join standing_returns as r on b.payment = r.payment
    union all
    select e.id, p.id, a.amount, null, p.recorded_at, null, null, false
    from payout_payments as p
    join payout_approvals as a on p.approval = a.id
    join earning_lines as e on a.lead = e.lead and a.earned_by = e.earned_by and e.kind <> 'adjustment'
)

select l.lead, l.program, l.partner, l.currency, r.*
from recorded as r
join earning_lines as l on r.line = l.id
where ($program::varchar is null or l.program = $program) and ($partner::varchar is null or l.partner = $partner)
