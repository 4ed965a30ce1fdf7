-- What customers paid and got back on the deals of a lead that given events alone record. One row per event.
with deals as (
    select id, transaction from events
    where lead = $lead and type = 'deal_won' and id not in (select id from voids)
),

alone as (
    select transaction from deals
    group by transaction
    having bool_and(id in (select unnest($events::varchar[])))
)

select id from events
where lead = $lead and type in ('customer_payment', 'customer_refund') and id not in (select id from voids)
    and transaction in (select transaction from alone)
