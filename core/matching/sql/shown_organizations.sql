-- What a screen shows of given organizations, side by side. One row per record.
select id, name, domain, country, phone, street, postal_code, city, recorded_at
from organizations
where id in (select unnest($records))
