-- Organizations under the keys that stand for what people called the same. One row per organization.
create or replace temp view organizations as
select g.* replace (coalesce(o.root, g.org_key) as org_key)
from {catalog}.main.organizations as g
left join roots as o on o.kind = 'organization' and g.org_key = o.key
