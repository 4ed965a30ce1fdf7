-- Events under the keys that stand for what people called the same. One row per event.
select e.* replace (coalesce(p.root, e.person_key) as person_key, coalesce(o.root, e.org_key) as org_key)
from stored_rows as e
left join roots as p on p.kind = 'person' and e.person_key = p.key
left join roots as o on o.kind = 'organization' and e.org_key = o.key
