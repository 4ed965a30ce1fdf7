-- Deals, customer payments and refunds of a lead that stand, oldest first; is_alike: another payment on the same deal is
-- of the same instant and the same amount. One row per event.
-- Its events are looked up first: asked for by type at once, every event would be looked through.
with own as materialized (
    select id, type, occurred_at, happened_at, recorded_at, transaction, total_amount, amount, subscription_amount,
        other_amount, currency, about
    from events
    where lead = $lead
),

standing as (
    select id, type, coalesce(occurred_at, happened_at) as happened_at, recorded_at, transaction,
        coalesce(total_amount, amount, subscription_amount + coalesce(other_amount, 0)) as amount, subscription_amount,
        currency, about
    from own
    where type in ('deal_won', 'customer_payment', 'customer_refund') and id not in (select id from voids)
)

select s.* exclude (recorded_at, about),
    s.type = 'customer_payment' and s.amount is not null
        and count(*) over (partition by s.type, s.transaction, s.happened_at, s.currency, s.amount) > 1 as is_alike
from standing as s
anti join standing as c on s.id = c.about and c.type = 'customer_payment'
order by s.happened_at, s.recorded_at, s.id
