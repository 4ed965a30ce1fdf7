-- What people last answered about pairs that may be the same. One row per answered pair.
with latest as (
    select near_match, arg_max(answer, (happened_at, recorded_at, id)) as answer
    from match_answers
    where happened_at <= $as_of and recorded_at <= $known_at
    group by near_match
)

select m.kind, m.left_key, m.right_key, l.answer
from near_matches as m
join latest as l on m.id = l.near_match
where l.answer <> 'open'
