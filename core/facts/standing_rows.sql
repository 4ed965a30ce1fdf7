-- The rows of a table that were not taken back. One row per row of the table.
select * from stored_rows where id not in (select id from voided)
