-- Questions about look-alikes of given persons. One row per question.
select id from near_matches
where kind = 'person' and (left_key in (select unnest($keys::varchar[])) or right_key in (select unnest($keys::varchar[])))
order by id
