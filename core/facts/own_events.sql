-- Every event of the leads in scope. One row per event.
select s.no, e.type, e.happened_at, e.id
from events as e
join subject as s on e.lead = s.lead
where e.happened_at <= s.as_of and e.recorded_at <= $known_at
