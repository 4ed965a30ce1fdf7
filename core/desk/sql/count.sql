-- How many rows a table has. One row. The name stored_rows is put in.
select count(*) from stored_rows
