-- The triggers of the open database, with the statements that make them. One row per trigger.
select trigger_name, sql from duckdb_triggers() where database_name = current_database()
