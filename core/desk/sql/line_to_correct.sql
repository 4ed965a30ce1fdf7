-- A line that a lead earned, with the sum of its corrections. One row or none.
select l.*, (select coalesce(sum(c.amount), 0)::decimal(18, 2) from lines as c where c.corrects = l.id) as corrected
from lines as l
where l.id = $line and l.lead = $lead and l.kind <> 'adjustment'
