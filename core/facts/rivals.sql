-- Pairs of leads of one company that speak of the same person, or of one organization, or of what may be the same
-- (`near_match` names the question), the later beside each earlier.
-- One row per pair. Pairs by organization alone are kept only where the earlier one still held its place; of organizations
-- with very many leads (`large_keys`) those that matter are given as `large_pairs` (core/rules/ownership.py).
with places as (
    select
        s.no, s.program, s.cut_at, s.submitted_at, s.submitted_on, s.person_key, s.org_key, s.email_org_key,
        s.person_key_crowded, s.org_key_crowded, p.company, p.accepted_at, p.left_at, p.freed_at, p.lapsed_on
    from standings as p
    join subject as s on p.no = s.no
    where s.is_met
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

by_place as (
    select k.key, p.* exclude (org_key, email_org_key) from keys as k join places as p on k.no = p.no
),

shared as (
    select company, key from keys where key not in (select key from large_keys)
    group by company, key having count(*) > 1
),

by_key as (
    select k.key, p.* exclude (org_key, email_org_key)
    from keys as k
    join shared using (company, key)
    join places as p on k.no = p.no
),

by_organization as (
    select l.no as later, e.no as earlier, false as is_same_person
    from by_key as l
    join by_key as e on l.key = e.key and l.company = e.company and l.no <> e.no
    where coalesce(l.person_key <> e.person_key, true)
        and e.submitted_at <= l.submitted_at
        and (l.program = e.program or e.accepted_at <= l.submitted_at or e.left_at is not null)
        and coalesce(e.freed_at > l.submitted_at, true)
        and coalesce(e.lapsed_on > l.submitted_on, true)
    union
    select later, earlier, false from large_pairs
),

exact as (
    select * from by_person
    union all
    select * from by_organization
),

-- Those that look like another are found by themselves first: joined at once, all leads of a company might meet all.
with_near_person as materialized (
    select l.*, n.near_match, n.near_key_number
    from places as l
    join near as n on n.kind = 'person' and l.person_key = n.key_number and n.recorded_at <= l.cut_at
    where not l.person_key_crowded
),

with_near_company as materialized (
    select l.*, n.near_match, n.near_key_number
    from by_place as l
    join near as n on n.kind = 'organization' and l.key = n.key_number and n.recorded_at <= l.cut_at
),

-- Who may be the same person counts whatever became of it, since a repeated contact does; a company only while held.
near_people as (
    select l.no as later, e.no as earlier, l.near_match
    from with_near_person as l
    join places as e on l.near_key_number = e.person_key and l.company = e.company and l.no <> e.no
    where e.submitted_at <= l.submitted_at and not e.person_key_crowded
),

near_companies as (
    select l.no as later, e.no as earlier, l.near_match
    from with_near_company as l
    join by_place as e on l.near_key_number = e.key and l.company = e.company and l.no <> e.no
    where e.submitted_at <= l.submitted_at
        and (l.program = e.program or e.accepted_at <= l.submitted_at or e.left_at is not null)
        and coalesce(e.freed_at > l.submitted_at, true)
        and coalesce(e.lapsed_on > l.submitted_on, true)
),

alike as (
    select later, earlier, bool_or(is_person) as is_near_person, min(near_match) as near_match
    from (
        select *, true as is_person from near_people
        union all
        select *, false as is_person from near_companies
    )
    anti join by_person using (later, earlier)
    group by later, earlier
),

-- A colleague who may be the same person is asked about as that.
pairs as (
    select e.later, e.earlier, e.is_same_person, null as near_match, false as is_near_person
    from exact as e
    anti join (select * from alike where is_near_person) as a using (later, earlier)
    union all
    select a.later, a.earlier, false, a.near_match, a.is_near_person
    from alike as a
    left join by_organization as o using (later, earlier)
    where a.is_near_person or o.later is null
)

select
    p.later, p.earlier, p.is_same_person, p.near_match, p.is_near_person,
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
