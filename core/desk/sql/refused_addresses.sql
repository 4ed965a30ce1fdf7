-- Every e-mail address in the cells of refused rows, as it is written there. One row per refused row and address.
select
    id,
    unnest(regexp_extract_all(
        regexp_replace(cells, '\\(u[0-9a-f]{4}|.)', ' ', 'g'), '[^\s"<>,;:()]+@[^\s"<>,;:()]*[^\s"<>,;:().]'
    )) as address
from import_refusals
where contains(cells, '@')
