-- Leads behind given persons, crowded ones apart. One row per lead. The names stored_columns, stored_rows and key_column
-- are put in by the part.
select stored_columns from stored_rows where key_column in ($keys) and not person_key_crowded
