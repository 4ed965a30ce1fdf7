-- The company names that stored leads gave with an organization key that comes again. One row per key and name.
select distinct l.org_key as key, coalesce(c.company, o.name) as name
from leads as l
join coming_keys as k on l.org_key = k.key
left join contacts as c on l.contact = c.id
left join organizations as o on l.org = o.id
