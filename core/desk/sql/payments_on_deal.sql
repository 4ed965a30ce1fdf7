-- Customer payments on a transaction of a lead that stand, the earliest first; is_settled: what one earned is in a batch,
-- or paid. One row per payment.
with told as (
    select *
    from events
    where lead = $lead and transaction = $transaction and type = 'customer_payment'
        and id not in (select id from voids)
),

settled as (
    select earned_by from payouts_owed where lead = $lead and status = 'paid'
    union
    select earned_by from lines where lead = $lead and state in ('in_batch', 'approved', 'exported', 'paid')
)

select
    t.id, coalesce(t.occurred_at, t.happened_at) as received_at, t.currency, t.subscription_amount,
    coalesce(t.total_amount, t.subscription_amount + coalesce(t.other_amount, 0)) as total,
    t.id in (select earned_by from settled) as is_settled
from told as t
anti join told as c on t.id = c.about
order by coalesce(t.occurred_at, t.happened_at), t.recorded_at, t.id
