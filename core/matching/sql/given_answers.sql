-- Answers to a near match, the earliest first. One row per answer.
select answer, decided_by, note, happened_at
from match_answers
where near_match = $near_match
order by happened_at, recorded_at, id
