-- What customers paid and gave back on transactions of a lead, with the day the deal was won. One row per payment.
with deals as (
    select lead, transaction, min(happened_at) as won_at
    from events
    where type = 'deal_won' and happened_at <= $as_of and recorded_at <= $known_at
    group by lead, transaction
),

refunds as (
    select lead, transaction, min(happened_at) as refunded_at
    from events
    where type = 'customer_refund' and happened_at <= $as_of and recorded_at <= $known_at
    group by lead, transaction
)

select
    s.no, e.id, e.transaction, coalesce(e.occurred_at, e.happened_at) as received_at, e.subscription_amount,
    e.total_amount, e.other_amount, e.currency, d.won_at as deal_won_at,
    r.refunded_at
from events as e
join subject as s on e.lead = s.lead
join deals as d on e.lead = d.lead and e.transaction = d.transaction
left join refunds as r on e.lead = r.lead and e.transaction = r.transaction
where e.type = 'customer_payment' and e.happened_at <= s.as_of and e.recorded_at <= $known_at
