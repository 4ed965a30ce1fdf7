-- The newest payee details of a partner that were confirmed. One row or none.
select * from payee_versions where partner = $partner and confirmation is not null order by version desc limit 1
