-- All events of the deals that given events tell of, each on its lead. One row per event.
select distinct o.id
from events as e
join events as o on e.lead is not distinct from o.lead and e.transaction = o.transaction
where e.id in (select unnest($events::varchar[]))
order by o.id
