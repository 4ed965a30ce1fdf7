-- Organizations under the keys that stand for what people called the same. One row per organization.
select g.* replace (coalesce(o.root, g.org_key) as org_key)
from stored_rows as g
left join roots as o on o.kind = 'organization' and g.org_key = o.key
