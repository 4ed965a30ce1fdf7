-- A table as it was at the variable shown_at, in the place of the whole one. The names stored_rows (of the table), moment
-- (the column that says since when a row counts) and whole (the database) are put in.
create temp view stored_rows as select * from whole.main.stored_rows where moment <= getvariable('shown_at')
