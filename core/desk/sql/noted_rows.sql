-- Rows of a table with a note about given leads. One row per row. The name stored_rows is put in.
select id from stored_rows where lead in (select unnest($leads::varchar[])) and note is not null
