-- Partners of given addresses. One row per partner.
select id from partners where address_key in (select unnest($keys::varchar[])) order by id
