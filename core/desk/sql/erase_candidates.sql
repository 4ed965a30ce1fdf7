-- Contacts that may be asked to be erased, those that match best first, and after them refused rows of files, which hold
-- people that never became one. One row per contact or refused row; cells: JSON, of a refused row.
select id, full_name, email, company, cells
from (
    select
        id, full_name, email, company, null as cells, lower(id) = lower($search) as is_id,
        lower(email) = lower($search) as is_address
    from contacts
    where coalesce(full_name, email) is not null and full_name is distinct from $word
        and (
            lower(id) = lower($search) or contains(lower(email), lower($search))
            or contains(strip_accents(lower(full_name)), strip_accents(lower($search)))
            or contains(strip_accents(lower(company)), strip_accents(lower($search)))
        )
    union all
    select r.id, 'Row ' || r.row_number || ' of ' || i.file_name || ', refused', null, null, r.cells, null, null
    from import_refusals as r
    join imports as i on r.import = i.id
    where contains(strip_accents(lower(r.cells)), strip_accents(lower($search))) or r.id = $search
)
order by cells is not null, is_id desc, is_address desc, lower(full_name), id
limit $size
