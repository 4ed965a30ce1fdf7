-- Who a partner is. One row or none.
select id as partner, kind, coalesce(name, nullif(concat_ws(' ', first_name, last_name), ''), id) as partner_name, email,
    domain, country, recorded_at
from partners
where id = $partner
