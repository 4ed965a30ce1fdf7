-- What partners (all, where none is named) were paid in a program in a year, the days and instants of whose beginning and
-- of that of the next one are given: payments of batches that did not come back, corrections taken off, and payments that
-- an event tells and no batch made. One row per partner and currency; where a payment was told without one, that of what its
-- lead earned, if that is one.
with batched as (
    select l.payment, l.partner, b.program, b.currency, r.paid_on, e.lead, e.earned_by, l.amount
    from batch_lines as l
    join batches as b on l.batch = b.id
    join standing_results as r on l.payment = r.payment and r.result = 'paid'
    join earning_lines as e on l.line = e.id
    where l.payment not in (select payment from standing_returns)
),

earned as (
    select lead, min(currency) as currency from payouts_owed
    group by lead having count(distinct currency) = 1
),

paid as (
    select partner, currency, payment, amount
    from batched
    where program = $program and paid_on >= $begins_on and paid_on < $ends_on
    union all
    select l.partner, coalesce(e.currency, w.currency), e.id, e.amount
    from events as e
    join leads as l on e.lead = l.id
    left join earned as w on e.currency is null and e.lead = w.lead
    anti join batched as b on e.lead = b.lead and e.about = b.earned_by
    where e.type = 'payout_paid' and e.amount is not null and l.program = $program
        and e.happened_at >= $begins and e.happened_at < $ends and e.id not in (select id from voids)
)

select
    p.partner, n.partner_name, p.currency, sum(p.amount) as paid, count(distinct p.payment) as payments
from paid as p
left join partner_names as n on p.partner = n.partner
where $partner::varchar is null or p.partner = $partner
group by all
order by all
