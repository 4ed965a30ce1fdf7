-- What a screen shows of given contacts, side by side. One row per record.
select id, full_name as name, email, company, role, phone, street, postal_code, city, recorded_at
from contacts
where id in (select unnest($records))
