-- Partners that a person can belong to, by name. One row per partner.
select id, coalesce(name, nullif(concat_ws(' ', first_name, last_name), ''), id) as name
from partners
order by lower(coalesce(name, first_name, id)), id
