-- Transactions of leads of which one is erased that are no digests. One row per transaction.
select distinct p.transaction
from events as p
join events as e on p.lead = e.lead and starts_with(e.transaction, 'e:')
where p.transaction is not null and not starts_with(p.transaction, 'e:')
