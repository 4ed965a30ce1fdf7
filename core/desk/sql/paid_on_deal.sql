-- What a customer paid on a transaction of a lead and got back of it, as it stands; a refund that was told without a
-- currency counts in each. One row per currency of a payment.
with told as (
    select id, type, currency, about,
        coalesce(total_amount, amount, coalesce(subscription_amount, 0) + coalesce(other_amount, 0)) as amount
    from events
    where lead = $lead and transaction = $transaction and type in ('customer_payment', 'customer_refund')
        and id not in (select id from voids)
),

standing as (
    select t.* from told as t anti join told as c on t.id = c.about and c.type = 'customer_payment'
),

refunds as (
    select currency, sum(amount) as refunded from standing where type = 'customer_refund' group by currency
),

payments as (
    select currency, sum(amount) as paid from standing where type = 'customer_payment' group by currency
)

select p.currency, p.paid, coalesce(sum(r.refunded), 0)::decimal(38, 2) as refunded
from payments as p
left join refunds as r on r.currency is null or p.currency = r.currency
group by p.currency, p.paid
order by p.currency
