-- Payees as they are written into a payment file. One row per partner.
select
    id as partner, email, country, check_address,
    coalesce(nullif(concat_ws(' ', first_name, last_name), ''), name, id) as name
from partners
where id in (select unnest($partners::varchar[]))
