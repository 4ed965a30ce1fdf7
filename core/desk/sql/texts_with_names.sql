-- Rows of a table in whose text every word of a contact's name stands outside an address, where that name has two words or
-- more. One row per row. The names stored_rows, stored_text and row_id are put in.
with named as (
    select list_filter(
        regexp_split_to_array(strip_accents(lower(full_name)), '[^\p{L}\p{N}]+'), lambda one: one <> ''
    ) as words
    from contacts
    where id in (select unnest($contacts::varchar[])) and full_name <> $word
),

texts as (
    select row_id as id, strip_accents(lower(stored_text)) as text from stored_rows where stored_text is not null
),

likely as (
    select t.id, t.text, n.words
    from texts as t
    join named as n on len(n.words) > 1 and contains(t.text, n.words[1]) and contains(t.text, n.words[-1])
)

select distinct id
from likely
where list_has_all(
    regexp_split_to_array(regexp_replace(text, '\\(u[0-9a-f]{4}|.)|[^\s"]+@[^\s"]+', ' ', 'g'), '[^\p{L}\p{N}]+'), words
)
