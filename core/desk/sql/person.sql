-- One person. One row or none.
select id, name, address_key, org_key, partner from people where id = $person
