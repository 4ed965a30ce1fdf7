-- The places that rows held, when the rows are taken back. One row per place.
delete from places where id in (select unnest($ids::varchar[]))
