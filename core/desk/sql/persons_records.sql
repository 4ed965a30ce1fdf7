-- A contact, and every record of given persons. One row per record; whether it names anybody.
select id, person_key, address_key, email is not null or phone is not null or coalesce(full_name, $word) <> $word as is_named
from contacts
where id = $contact or person_key in (select unnest($keys::varchar[])) or address_key in (select unnest($keys::varchar[]))
order by id
