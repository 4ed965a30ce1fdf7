-- Versions of given partners' payee details and their confirmations. One row per version.
select partner, id, confirmation from payee_versions where partner in (select unnest($partners::varchar[])) order by id
