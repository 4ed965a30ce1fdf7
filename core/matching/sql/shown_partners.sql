-- What a screen shows of given partners, side by side. One row per record.
select id, coalesce(name, nullif(concat_ws(' ', first_name, last_name), '')) as name, email, domain, country, check_address, wire_details, recorded_at
from partners
where id in (select unnest($records))
