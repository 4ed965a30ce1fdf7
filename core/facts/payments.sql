-- What customers paid and gave back on transactions of a lead, with the day the deal was won. One row per payment.
with seen as (
    select s.no, e.id, e.type, e.transaction, e.happened_at, e.occurred_at, e.subscription_amount, e.total_amount,
        e.other_amount, e.currency
    from events as e
    join subject as s on e.lead = s.lead
    where e.type in ('deal_won', 'customer_payment', 'customer_refund')
        and e.happened_at <= s.as_of and e.recorded_at <= $known_at
),

deals as (
    select no, transaction, min(happened_at) as deal_won_at from seen where type = 'deal_won' group by no, transaction
),

refunds as (
    select no, transaction, min(happened_at) as refunded_at
    from seen where type = 'customer_refund' group by no, transaction
)

select
    p.no, p.id, p.transaction, coalesce(p.occurred_at, p.happened_at) as received_at, p.subscription_amount,
    p.total_amount, p.other_amount, p.currency, d.deal_won_at, r.refunded_at
from seen as p
join deals as d on p.no = d.no and p.transaction = d.transaction
left join refunds as r on p.no = r.no and p.transaction = r.transaction
where p.type = 'customer_payment'
