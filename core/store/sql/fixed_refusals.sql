-- Which refusals stand in the statements of closed months. One row per lead and month.
select lead, partner, kind, record, criterion, clause, happened_on, period
from refusals_at_closings
where program = $program and ($partner::varchar is null or partner = $partner)
