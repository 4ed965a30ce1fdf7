-- All of `stored_rows`. One row per record.
select * from stored_rows
