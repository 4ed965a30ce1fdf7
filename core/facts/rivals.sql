-- Pairs of leads of one company that speak of the same person, or of one organization, the later beside each earlier.
-- One row per pair. Pairs by organization alone are kept only where the earlier one still held its place.
with places as (
    select
        s.no, s.program, s.submitted_at, s.submitted_on, s.products, s.person_key, s.org_key, s.email_org_key,
        s.person_key_crowded, s.org_key_crowded, p.company, p.accepted_at, p.freed_at, p.lapsed_on
    from standings as p
    join subject as s on p.no = s.no
),

by_person as (
    select l.no as later, e.no as earlier, true as is_same_person, l.products as later_products, e.products
    from places as l
    join places as e on l.person_key = e.person_key and l.company = e.company and l.no <> e.no
    where e.submitted_at <= l.submitted_at and not l.person_key_crowded
),

by_key as (
    select no, company, org_key as key from places where org_key is not null and not org_key_crowded
    union all
    select no, company, email_org_key from places where email_org_key is not null and not org_key_crowded
),

by_organization as (
    select distinct l.no as later, e.no as earlier, false as is_same_person, l.products as later_products, e.products
    from by_key as lk
    join by_key as ek on lk.key = ek.key and lk.company = ek.company and lk.no <> ek.no
    join places as l on lk.no = l.no
    join places as e on ek.no = e.no
    where coalesce(l.person_key <> e.person_key, true)
        and e.submitted_at <= l.submitted_at
        and l.program = e.program
        and coalesce(e.freed_at > l.submitted_at, true)
        and coalesce(e.lapsed_on > l.submitted_on, true)
    union all
    select distinct l.no, e.no, false, l.products, e.products
    from by_key as lk
    join by_key as ek on lk.key = ek.key and lk.company = ek.company and lk.no <> ek.no
    join places as l on lk.no = l.no
    join places as e on ek.no = e.no
    where coalesce(l.person_key <> e.person_key, true)
        and e.submitted_at <= l.submitted_at
        and l.program <> e.program
        and e.accepted_at <= l.submitted_at
        and coalesce(e.freed_at > l.submitted_at, true)
        and coalesce(e.lapsed_on > l.submitted_on, true)
),

pairs as (
    select * from by_person
    union all
    select * from by_organization
)

select
    later, earlier, is_same_person,
    list_has_any(later_products, products)
    or (
        list_contains(later_products, 'cloudextend_any')
        and len(list_filter(products, lambda x: starts_with(x, 'cloudextend_'))) > 0
    )
    or (
        list_contains(products, 'cloudextend_any')
        and len(list_filter(later_products, lambda x: starts_with(x, 'cloudextend_'))) > 0
    ) as has_common_product
from pairs
