-- Every near match with the answer that stands, `open` where none does, and how many were given. One row per near match.
select
    m.id, m.kind, m.left_key, m.right_key,
    coalesce(arg_max(a.answer, (a.happened_at, a.recorded_at, a.id)), 'open') as answer,
    count(a.id) as answers
from near_matches as m
left join match_answers as a on m.id = a.near_match
group by all
