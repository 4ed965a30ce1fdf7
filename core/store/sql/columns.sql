-- The columns of one stored table, in alphabetical order. One row per column.
select column_name
from duckdb_columns()
where table_name = $relation and database_name = current_database() and not internal
order by column_name
