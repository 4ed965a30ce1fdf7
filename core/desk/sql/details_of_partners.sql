-- Payee details of given partners. One row per version.
select id from payee_details where partner in (select unnest($partners::varchar[])) order by id
