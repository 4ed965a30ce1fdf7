-- Partners whose names are not folded yet. One row per partner.
select id, nullif(concat_ws(' ', first_name, last_name), '') as name, name as company
from partners
where name_key is null and company_key is null
