-- Organizations that belong to a group of companies by their parents. One row per organization key.
with recursive links as (
    select o.org_key as child, p.org_key as parent
    from organizations as o
    join organizations as p on o.parent = p.id
    where o.org_key <> p.org_key
),

tops as (
    select parent as org_key, parent as root, 0 as depth from links where parent not in (select child from links)
    union all
    select l.child, r.root, r.depth + 1
    from links as l
    join tops as r on l.parent = r.org_key
    where r.depth < 20
)

select org_key, min(root) as group_key
from tops
group by org_key
