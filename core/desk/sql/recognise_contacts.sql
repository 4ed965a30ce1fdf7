-- Put the digests of erased persons in the place of their keys.
update contacts
set person_key = coalesce($digests[list_position($keys, person_key)], person_key),
    address_key = coalesce($digests[list_position($keys, address_key)], address_key)
where list_contains($keys, person_key) or list_contains($keys, address_key)
