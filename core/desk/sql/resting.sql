-- Rows that rest on given ones and were not taken back, but for own ones. One row per row. The names stored_rows and
-- named_row are put in.
select id from stored_rows
where named_row in (select unnest($rows::varchar[])) and id not in (select id from voids)
    and id not in (select unnest($own::varchar[]))
