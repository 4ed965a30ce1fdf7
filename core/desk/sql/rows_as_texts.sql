-- Rows of a table, each of their columns as a text. One row per row wanted. The names stored_rows and 'row' are put in
-- by the journal.
select id, 'row' from stored_rows where id in ($ids)
