-- The place of the last row of a table. One row. The name stored_rows is put in by the journal.
select coalesce(max(rowid), -1) from stored_rows
