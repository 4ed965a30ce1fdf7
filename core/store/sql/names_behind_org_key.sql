-- The company names that stored leads gave with an organization key, or with the domain of an address, that comes again.
-- One row per key and name.
with named as (
    select l.org_key as key, l.contact, l.org from leads as l join coming_keys as k on l.org_key = k.key
    union all
    select l.email_org_key, l.contact, l.org from leads as l join coming_keys as k on l.email_org_key = k.key
)

select distinct l.key, coalesce(c.company, o.name) as name
from named as l
left join contacts as c on l.contact = c.id
left join organizations as o on l.org = o.id
