-- Put the digests of erased persons in the place of their keys.
update leads
set person_key = coalesce($digests[list_position($keys, person_key)], person_key)
where list_contains($keys, person_key)
