-- Which of given places are taken. One row per place.
select key from places where key in (select unnest($keys::varchar[])) limit 1
