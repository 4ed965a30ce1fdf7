-- Disputes on a lead that are not resolved. One row per dispute, oldest first.
select d.id, d.lead, d.kind, d.note, d.opened_by, d.recorded_at
from disputes as d
where d.lead = $lead and d.id not in (select id from voids)
    and d.id not in (select dispute from dispute_resolutions where id not in (select id from voids))
order by d.recorded_at
