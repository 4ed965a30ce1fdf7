-- Empty what came with a person's leads beyond our columns; the digests stand for the keys.
update leads
set other_details = null,
    person_key = coalesce($digests[list_position($keys, person_key)], person_key)
where id in (select unnest($ids::varchar[]))
