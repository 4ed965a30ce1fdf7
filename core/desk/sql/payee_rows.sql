-- Versions of a partner's payee details and their confirmations. One row per version.
select id, confirmation from payee_versions where partner = $partner order by id
