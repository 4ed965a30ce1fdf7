-- Keys of persons that people hold for the same. One row per answer that stands.
with standing as (
    select m.id, m.left_key, m.right_key, arg_max(a.answer, (a.happened_at, a.recorded_at, a.id)) as answer
    from near_matches as m join match_answers as a on m.id = a.near_match
    where m.kind = 'person'
    group by all
)

select left_key, right_key from standing where answer = 'same' order by left_key, right_key
