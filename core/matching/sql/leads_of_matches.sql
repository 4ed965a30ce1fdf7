-- Leads that stand under a key of given near matches, and their partners. One row per near match and lead.
with sides as (
    select id, kind, left_key as key from near_matches where id in (select unnest($matches))
    union all
    select id, kind, right_key from near_matches where id in (select unnest($matches))
)

select s.id, l.id as lead, l.partner
from sides as s join leads as l on s.kind = 'person' and s.key = l.person_key
union
select s.id, l.id, l.partner
from sides as s join leads as l on s.kind = 'organization' and s.key = l.org_key
union
select s.id, l.id, l.partner
from sides as s join leads as l on s.kind = 'organization' and s.key = l.email_org_key
union
select s.id, l.id, l.partner
from sides as s join leads as l on s.kind = 'partner' and s.key = l.partner
