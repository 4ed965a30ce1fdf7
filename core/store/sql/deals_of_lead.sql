-- Deals, customer payments and refunds of a lead that stand, oldest first. One row per event.
select id, type, coalesce(occurred_at, happened_at) as happened_at, transaction,
    coalesce(total_amount, amount) as amount, subscription_amount, currency
from events
where lead = $lead and type in ('deal_won', 'customer_payment', 'customer_refund') and id not in (select id from voids)
order by happened_at, recorded_at, id
