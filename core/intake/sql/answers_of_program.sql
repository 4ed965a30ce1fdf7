-- The latest answers for each source of a program, the latest first. One row per source.
select source, arg_max(answers, recorded_at) as answers
from import_answers
where program = $program
group by source
order by max(recorded_at) desc, source
