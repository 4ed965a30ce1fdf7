-- What customers paid and gave back on transactions of a lead, with the day the deal was won, and whether a payment to
-- the partner names the payment that earned it. One that another is about is completed by that one. One row per payment.
with seen as (
    select s.no, e.id, e.type, e.transaction, e.happened_at, e.occurred_at, e.subscription_amount, e.total_amount,
        e.other_amount, e.currency, e.about, e.amount
    from events as e
    join subject as s on e.lead = s.lead
    where e.type in ('deal_won', 'customer_payment', 'customer_refund', 'payout_paid')
        and e.happened_at <= s.as_of and e.recorded_at <= $known_at
),

deals as (
    select no, transaction, min(happened_at) as deal_won_at from seen where type = 'deal_won' group by no, transaction
),

refunds as (
    select no, transaction, min(happened_at) as refunded_at
    from seen where type = 'customer_refund' group by no, transaction
),

payments as (
    select p.*
    from seen as p
    anti join seen as c on p.no = c.no and p.id = c.about and c.type = 'customer_payment'
    where p.type = 'customer_payment'
),

paid_by_name as (
    select p.no, p.id as about, count(*) as payouts, sum(s.amount) as amount
    from seen as s join payments as p on s.no = p.no and s.about in (p.id, p.about)
    where s.type = 'payout_paid'
    group by p.no, p.id
),

paid_by_name_in_all as (
    select no, sum(payouts) as payouts, sum(amount) as amount from paid_by_name group by no
)

select
    p.no, p.id, p.transaction, coalesce(p.occurred_at, p.happened_at) as received_at, p.subscription_amount,
    p.total_amount, p.other_amount, p.currency, d.deal_won_at, r.refunded_at,
    n.no is not null as is_paid_by_name, coalesce(a.payouts, 0)::bigint as named_payouts,
    coalesce(a.amount, 0)::decimal(38, 2) as named_amount
from payments as p
join deals as d on p.no = d.no and p.transaction = d.transaction
left join refunds as r on p.no = r.no and p.transaction = r.transaction
left join paid_by_name as n on p.no = n.no and p.id = n.about
left join paid_by_name_in_all as a on p.no = a.no
