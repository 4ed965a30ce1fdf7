-- The file of the open database, null in memory. One row.
select path from duckdb_databases() where database_name = current_database()
