-- Pairs of leads of one company that speak of the same person, or of one organization, the later beside each earlier.
-- One row per pair. Pairs by organization alone are kept only where the earlier one still held its place.
with places as (
    select
        s.no, s.program, s.submitted_at, s.submitted_on, s.person_key, s.org_key, s.email_org_key,
        s.person_key_crowded, s.org_key_crowded, p.company, p.accepted_at, p.freed_at, p.lapsed_on
    from standings as p
    join subject as s on p.no = s.no
),

by_person as (
    select l.no as later, e.no as earlier, true as is_same_person
    from places as l
    join places as e on l.person_key = e.person_key and l.company = e.company and l.no <> e.no
    where e.submitted_at <= l.submitted_at and not l.person_key_crowded and not e.person_key_crowded
),

keys as (
    select no, company, org_key as key from places where org_key is not null and not org_key_crowded
    union all
    select no, company, email_org_key from places where email_org_key is not null and not org_key_crowded
),

shared as (
    select company, key from keys group by company, key having count(*) > 1
),

by_key as (
    select k.key, p.* exclude (org_key, email_org_key)
    from keys as k
    join shared using (company, key)
    join places as p on k.no = p.no
),

by_organization as (
    select distinct l.no as later, e.no as earlier, false as is_same_person
    from by_key as l
    join by_key as e on l.key = e.key and l.company = e.company and l.no <> e.no
    where coalesce(l.person_key <> e.person_key, true)
        and e.submitted_at <= l.submitted_at
        and (l.program = e.program or e.accepted_at <= l.submitted_at)
        and coalesce(e.freed_at > l.submitted_at, true)
        and coalesce(e.lapsed_on > l.submitted_on, true)
),

pairs as (
    select * from by_person
    union all
    select * from by_organization
)

select
    p.later, p.earlier, p.is_same_person,
    list_has_any(l.products, e.products)
    or (
        list_contains(l.products, 'cloudextend_any')
        and len(list_filter(e.products, lambda x: starts_with(x, 'cloudextend_'))) > 0
    )
    or (
        list_contains(e.products, 'cloudextend_any')
        and len(list_filter(l.products, lambda x: starts_with(x, 'cloudextend_'))) > 0
    ) as has_common_product
from pairs as p
join subject as l on p.later = l.no
join subject as e on p.earlier = e.no
