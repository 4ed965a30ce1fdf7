-- Covered history under the keys that stand for what people called the same. One row per covered key and import.
create or replace temp view history_coverage as
select h.* replace (coalesce(o.root, h.org_key) as org_key)
from {catalog}.main.history_coverage as h
left join roots as o on o.kind = 'organization' and h.org_key = o.key
