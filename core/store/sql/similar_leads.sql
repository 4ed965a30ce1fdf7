-- A lead, and others for the same person or company or one that may be the same; the nearest first, the earliest of
-- them first. One row per lead; likeness is null for the lead itself. A key that a crowd shares says nothing.
-- The keys of the lead are given as values, so that each is looked up in its index.
with asked as materialized (
    select id, score, right_key as other from near_matches where left_key in ($keys)
    union all
    select id, score, left_key from near_matches where right_key in ($keys)
),

answered as (
    select near_match, arg_max(answer, (happened_at, recorded_at, id)) as answer
    from match_answers where near_match in (select id from asked)
    group by near_match
),

near as (
    select n.* from asked as n
    left join answered as a on n.id = a.near_match
    where coalesce(a.answer, 'open') = 'open'
),

alike as materialized (
    select id as lead, 1 as nearness, 'Same person' as likeness, null as near_match, null as score
    from leads where person_key in ($persons)
    union all
    select l.id, 2, 'Maybe the same person', n.id, n.score from leads as l join near as n on l.person_key = n.other
    union all
    select id, 3, 'Same company', null, null from leads where org_key in ($organizations)
    union all
    select l.id, 4, 'Maybe the same company', n.id, n.score from leads as l join near as n on l.org_key = n.other
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
