-- How many leads of a program stand how on each criterion. One row per criterion (its place, from 1) and verdict letter.
with alike as (
    select verdicts, count(*) as leads from evaluations where program = $program group by verdicts
),

placed as (
    select unnest(range(1, length(verdicts) + 1)) as place, verdicts, leads from alike
)

select place, substr(verdicts, place, 1) as letter, cast(sum(leads) as bigint) as leads
from placed
group by all
