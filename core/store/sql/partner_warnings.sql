-- Partners that gave the same payee details as a given one, as long as nobody has answered. One row per question.
with answered as (
    select near_match, arg_max(answer, (happened_at, recorded_at, id)) as answer
    from match_answers where recorded_at <= $known_at
    group by near_match
),

sharing as (
    select id, reasons, if(left_key = $partner, right_key, left_key) as other
    from near_matches
    where kind = 'partner' and $partner in (left_key, right_key) and recorded_at <= $known_at
)

select s.id, s.reasons, s.other,
    coalesce(p.name, nullif(concat_ws(' ', p.first_name, p.last_name), ''), s.other) as other_name
from sharing as s
left join answered as a on s.id = a.near_match
left join partners as p on s.other = p.id
where coalesce(a.answer, 'open') = 'open'
order by s.id
