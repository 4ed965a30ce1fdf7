-- Rows of a table that hold one of given keys. One row per row. The names stored_columns, stored_rows and key_column
-- are put in by the part.
select stored_columns from stored_rows where key_column in ($keys)
