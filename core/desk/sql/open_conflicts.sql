-- Conflict cases of a lead, from either side, that are not settled. One row per case, oldest first.
select c.id, c.lead, c.other_lead, c.note, c.opened_by, c.recorded_at
from conflict_cases as c
where $lead in (c.lead, c.other_lead) and c.id not in (select id from voids)
    and c.id not in (select conflict_case from conflict_settlements where id not in (select id from voids))
order by c.recorded_at
