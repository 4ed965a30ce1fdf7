-- The views of ledger and queue as they were made. One row per view.
select view_name as name, sql
from duckdb_views()
where database_name = current_database() and not internal and view_name in (select unnest($names::varchar[]))
order by view_name
