-- Partners under the keys that stand for what people called the same. One row per partner.
select t.* replace (coalesce(p.root, t.address_key) as address_key, coalesce(o.root, t.org_key) as org_key)
from stored_rows as t
left join roots as p on p.kind = 'person' and t.address_key = p.key
left join roots as o on o.kind = 'organization' and t.org_key = o.key
