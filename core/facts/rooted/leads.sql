-- Leads under the keys that stand for what people called the same. One row per lead.
with rooted as (
    select
        l.*, p.root as person_root, coalesce(o.root, l.org_key) as org_root, coalesce(m.root, l.email_org_key) as email_root
    from stored_rows as l
    left join roots as p on p.kind = 'person' and l.person_key = p.key
    left join roots as o on o.kind = 'organization' and l.org_key = o.key
    left join roots as m on m.kind = 'organization' and l.email_org_key = m.key
)

select
    * exclude (person_root, org_root, email_root)
    replace (
        coalesce(person_root, person_key) as person_key, org_root as org_key, nullif(email_root, org_root) as email_org_key
    )
from rooted
