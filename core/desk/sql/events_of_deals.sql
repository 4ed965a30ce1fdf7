-- All events of the deals that given events tell of, each on its lead, where that is no digest yet: a deal is named alike
-- in all of them, so that its payments and refunds find each other. One row per event.
select distinct o.id
from events as e
join events as o on e.lead is not distinct from o.lead and e.transaction = o.transaction
where e.id in (select unnest($events::varchar[])) and not starts_with(e.transaction, 'e:')
order by o.id
