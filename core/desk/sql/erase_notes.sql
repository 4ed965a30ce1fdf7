-- Empty the notes of given rows of a table. The name stored_rows is put in.
update stored_rows set note = $word where id in (select unnest($ids::varchar[]))
