-- Which of given lines were booked in a month that is closed. One row per line.
select e.id
from earning_lines as e
semi join period_closings as c on e.program = c.program and e.period < c.next_period
where e.id in (select unnest($ids::varchar[]))
