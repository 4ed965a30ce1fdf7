-- Leads behind given organizations, crowded ones apart. One row per lead and key. The names stored_columns, stored_rows
-- and key_column are put in by the part.
select stored_columns from stored_rows where key_column in ($keys) and not (coalesce(key_column_crowded, false) and org_key_crowded)
