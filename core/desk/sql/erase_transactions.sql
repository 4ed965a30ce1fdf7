-- The digest stands for a transaction, the same in every event of a deal, so that its payments still find it.
update events
set transaction = $digests[list_position($texts, transaction)]
where id in (select unnest($ids::varchar[])) and list_contains($texts, transaction)
