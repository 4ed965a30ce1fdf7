-- Rows of a table, each as one text. One row per row wanted. The names stored_rows and 'row' are put in by the journal.
select id, 'row' from stored_rows where id in (select unnest($ids::varchar[]))
