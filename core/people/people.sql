-- Everybody who may act here. One row per person.
select id, name, email, partner, address_key, org_key from people order by id
