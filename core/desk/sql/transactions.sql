-- What given events were recorded under, where that is no digest yet. One row per transaction.
select distinct transaction from events
where id in (select unnest($events::varchar[])) and transaction is not null and not starts_with(transaction, 'e:')
order by transaction
