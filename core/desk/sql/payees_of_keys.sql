-- Payee details that go to given addresses. One row per version.
select id, partner from payee_details where address_key in (select unnest($keys::varchar[])) order by id
