-- Criteria that someone waived by a recorded decision. One row per lead and criterion.
select s.no, e.criterion, max(e.id) as id
from events as e
join subject as s on e.lead = s.lead
where e.type = 'discretion' and e.decision = 'waive' and e.happened_at <= s.as_of and e.recorded_at <= $known_at
group by s.no, e.criterion
