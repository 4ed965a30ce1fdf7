-- Every e-mail address in a text of a table, as it is written there. One row per row and address. The names stored_rows,
-- stored_text and row_id are put in.
select
    row_id as id,
    unnest(regexp_extract_all(
        regexp_replace(stored_text, '\\(u[0-9a-f]{4}|.)', ' ', 'g'), '[^\s"<>,;:()]+@[^\s"<>,;:()]*[^\s"<>,;:().]'
    )) as address
from stored_rows
where contains(stored_text, '@')
