-- The name of the open database. One row.
select current_database() as name
