-- Empty the texts of a person's events; the digests stand for the keys.
update events
set email = null, other_details = null, reason = case when trim(reason) <> '' then $word end,
    what = case when type = 'payee_change_requested' and what is not null then $word else what end,
    person_key = coalesce($digests[list_position($keys, person_key)], person_key)
where id in (select unnest($ids::varchar[]))
