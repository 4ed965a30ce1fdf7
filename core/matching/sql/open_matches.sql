-- Near matches about which nobody has answered, the likeliest first. One row per near match.
with latest as (
    select near_match, arg_max(answer, (happened_at, recorded_at, id)) as answer, count(*) as answers
    from match_answers
    group by near_match
)

select m.*, coalesce(a.answers, 0) as answers
from near_matches as m
left join latest as a on m.id = a.near_match
where coalesce(a.answer, 'open') = 'open'
    and ($kind is null or m.kind = $kind)
    and ($only is null or m.id = $only)
order by m.is_lookalike desc, m.score desc, m.id
limit $most
