-- Refused rows in which every word of a contact's name stands outside an address, where that name has two words or more.
-- One row per refused row.
with named as (
    select list_filter(
        regexp_split_to_array(strip_accents(lower(full_name)), '[^\p{L}\p{N}]+'), lambda one: one <> ''
    ) as words
    from contacts
    where id in (select unnest($contacts::varchar[])) and full_name <> $word
),

told as (
    select id, regexp_split_to_array(
        strip_accents(lower(regexp_replace(cells, '\\(u[0-9a-f]{4}|.)|[^\s"]+@[^\s"]+', ' ', 'g'))), '[^\p{L}\p{N}]+'
    ) as words
    from import_refusals
    where cells is not null
)

select distinct t.id
from told as t
join named as n on len(n.words) > 1 and list_has_all(t.words, n.words)
