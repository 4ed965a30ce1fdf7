-- Everybody who may act here. One row per person.
select id, name, email, partner from people order by id
