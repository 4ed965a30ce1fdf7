-- Empty what names or describes a person; the digests stand for the keys.
update contacts
set full_name = case when trim(full_name) <> '' then $word end, email = null,
    role = case when trim(role) <> '' then $word end, other_details = null,
    name_key = null, phone = null, phone_key = null, street = null, postal_code = null, city = null,
    person_key = coalesce($digests[list_position($keys, person_key)], person_key),
    address_key = coalesce($digests[list_position($keys, address_key)], address_key)
where id in (select unnest($ids::varchar[]))
