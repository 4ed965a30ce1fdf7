-- How many near matches nobody has answered, by kind. One row per kind that has any.
with latest as (
    select near_match, arg_max(answer, (happened_at, recorded_at, id)) as answer from match_answers group by near_match
)

select m.kind, count(*) as open_matches
from near_matches as m
left join latest as a on m.id = a.near_match
where coalesce(a.answer, 'open') = 'open'
group by m.kind
order by m.kind
