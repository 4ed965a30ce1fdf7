-- Covered history under the keys that stand for what people called the same. One row per covered key and import.
select h.* replace (coalesce(o.root, h.org_key) as org_key)
from stored_rows as h
left join roots as o on o.kind = 'organization' and h.org_key = o.key
