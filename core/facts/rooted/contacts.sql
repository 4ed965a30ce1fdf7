-- Contacts under the keys that stand for what people called the same. One row per contact.
select
    c.* replace (
        coalesce(p.root, c.person_key) as person_key, coalesce(a.root, c.address_key) as address_key,
        coalesce(o.root, c.email_org_key) as email_org_key
    )
from stored_rows as c
left join roots as p on p.kind = 'person' and c.person_key = p.key
left join roots as a on a.kind = 'person' and c.address_key = a.key
left join roots as o on o.kind = 'organization' and c.email_org_key = o.key
