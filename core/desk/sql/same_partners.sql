-- Given partners, and whom people hold for the same payee or the same person as each, directly or through others, as far as
-- it says who belongs to them. One row per given partner and partner that it is.
with recursive standing as (
    select m.kind, m.left_key, m.right_key, arg_max(a.answer, (a.happened_at, a.recorded_at, a.id)) as answer
    from near_matches as m join match_answers as a on m.id = a.near_match
    where m.kind in ('partner', 'person')
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
),

reached as (
    select unnest($partners::varchar[]) as partner, 'partner ' || unnest($partners::varchar[]) as name
    union
    select r.partner, l.other from reached as r join links as l on r.name = l.one
),

same as (
    select partner, substr(name, 9) as id from reached where starts_with(name, 'partner ')
)

select s.partner, s.id, p.address_key, p.org_key
from same as s
left join partners as p on s.id = p.id
order by s.partner, s.id <> s.partner, s.id
