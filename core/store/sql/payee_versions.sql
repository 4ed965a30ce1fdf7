-- Versions of a partner's payee details with their confirmations, newest first. One row per version.
select * from payee_versions where partner = $partner order by version desc
