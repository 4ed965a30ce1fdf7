-- Deals, customer payments and refunds of a lead that stand, oldest first. One row per event.
-- Its events are looked up first: asked for by type at once, every event would be looked through.
with own as materialized (
    select id, type, occurred_at, happened_at, recorded_at, transaction, total_amount, amount, subscription_amount,
        currency
    from events
    where lead = $lead
)

select id, type, coalesce(occurred_at, happened_at) as happened_at, transaction,
    coalesce(total_amount, amount) as amount, subscription_amount, currency
from own
where type in ('deal_won', 'customer_payment', 'customer_refund') and id not in (select id from voids)
order by coalesce(occurred_at, happened_at), recorded_at, id
