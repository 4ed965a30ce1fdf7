-- How many rows a table has, and the sum of their keyed digests. One row. The names stored_rows and 'row' are put in
-- by the journal.
select count(*), coalesce(sum(md5_number_lower($secret || ('row'))), 0)::hugeint from stored_rows where true
