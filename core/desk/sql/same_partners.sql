-- Given partners, and whom people hold for the same payee, the same person or the same organization as each, directly or
-- through others, as far as it says who belongs to them. One row per given partner and partner, address or organization that
-- it is; id: the partner, where it is one, else the given one.
with recursive standing as (
    select m.kind, m.left_key, m.right_key, arg_max(a.answer, (a.happened_at, a.recorded_at, a.id)) as answer
    from near_matches as m join match_answers as a on m.id = a.near_match
    group by m.kind, m.left_key, m.right_key
),

named as (
    select kind || ' ' || left_key as one, kind || ' ' || right_key as other from standing where answer = 'same'
    union all
    select 'partner ' || id, 'person ' || address_key from partners where address_key is not null
),

links as (
    select one, other from named
    union all
    select other, one from named
    union all
    -- one way only: partners of one organization are not the same
    select 'partner ' || id, 'organization ' || org_key from partners where org_key is not null
),

reached as (
    select unnest($partners::varchar[]) as partner, 'partner ' || unnest($partners::varchar[]) as name
    union
    select r.partner, l.other from reached as r join links as l on r.name = l.one
)

select
    partner, if(starts_with(name, 'partner '), substr(name, 9), partner) as id,
    if(starts_with(name, 'person '), substr(name, 8), null) as address_key,
    if(starts_with(name, 'organization '), substr(name, 14), null) as org_key
from reached
order by partner, id <> partner, id, name
