-- The names that stored leads gave with an address that comes again. One row per address and name.
select distinct l.person_key as key, c.full_name as name
from leads as l
join coming_keys as k on l.person_key = k.key
join contacts as c on l.contact = c.id
