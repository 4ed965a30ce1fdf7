-- A lead, and others for the same person or company or one that may be the same; the nearest first, the earliest of
-- them first. One row per lead; likeness is null for the lead itself. A key that a crowd shares says nothing.
with own as (
    select
        id, case when not person_key_crowded then person_key end as person_key,
        case when not org_key_crowded then org_key end as org_key,
        case when not email_org_key_crowded then email_org_key end as email_org_key
    from leads
    where id = $lead
),

answered as (
    select near_match, arg_max(answer, (happened_at, recorded_at, id)) as answer from match_answers group by near_match
),

proposed as (
    select m.id, m.kind, m.score, m.left_key as key, m.right_key as other from near_matches as m
    union all
    select m.id, m.kind, m.score, m.right_key, m.left_key from near_matches as m
),

near as (
    select p.id, p.kind, p.score, p.other
    from proposed as p
    join own as o on p.kind = 'person' and p.key = o.person_key
        or p.kind = 'organization' and p.key in (o.org_key, o.email_org_key)
    left join answered as a on p.id = a.near_match
    where coalesce(a.answer, 'open') = 'open'
),

alike as (
    select l.id as lead, 1 as nearness, 'Same person' as likeness, null as near_match, null as score
    from leads as l join own as o on l.person_key = o.person_key
    union all
    select l.id, 2, 'Maybe the same person', n.id, n.score
    from leads as l join near as n on n.kind = 'person' and l.person_key = n.other
    union all
    select l.id, 3, 'Same company', null, null
    from leads as l join own as o on l.org_key in (o.org_key, o.email_org_key)
    union all
    select l.id, 4, 'Maybe the same company', n.id, n.score
    from leads as l join near as n on n.kind = 'organization' and l.org_key = n.other
),

nearest as (
    select * from alike
    where lead <> $lead
    qualify row_number() over (partition by lead order by nearness, score desc nulls last, near_match) = 1
),

chosen as (
    select n.*, count(*) over () as found
    from nearest as n
    join leads as l on n.lead = l.id
    order by n.nearness, l.submitted_at, n.lead
    limit $most
),

compared as (
    select * from chosen
    union all
    select $lead, 0, null, null, null, null
)

select
    b.lead, b.likeness, b.near_match, b.score, b.found, l.program, e.disposition, c.full_name as name, c.email, c.role,
    coalesce(o.name, c.company) as company, o.domain, o.country, l.products, l.channel, l.submitted_at,
    coalesce(p.name, nullif(concat_ws(' ', p.first_name, p.last_name), ''), l.partner) as partner
from compared as b
join leads as l on b.lead = l.id
left join evaluations as e on b.lead = e.lead
left join contacts as c on l.contact = c.id
left join organizations as o on l.org = o.id
left join partners as p on l.partner = p.id
order by b.nearness, l.submitted_at, b.lead
