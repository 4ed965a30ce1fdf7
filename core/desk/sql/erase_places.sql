-- The digest stands for a transaction in the places of given deals, where earlier versions wrote it in clear.
update places
set key = 'deal/' || e.lead || '/' || $digests[list_position($texts, e.transaction)]
from events as e
where places.id = e.id and e.id in (select unnest($ids::varchar[]))
    and places.key = 'deal/' || e.lead || '/' || e.transaction and list_contains($texts, e.transaction)
