-- Takes questions about look-alikes away.
delete from near_matches where id in (select unnest($ids::varchar[]))
