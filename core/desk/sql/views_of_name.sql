-- The standing views of a person under a name, however it is written large or small. One row or none.
select id from saved_views
where person = $person and lower(name) = lower($name) and id not in (select id from voids)
