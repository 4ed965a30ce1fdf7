-- Questions to the partner of a lead, or of any lead, that wait for an answer. One row per question, oldest first.
select r.id, r.lead, r.missing, r.note, r.asked_by, r.recorded_at
from action_requests as r
where ($lead is null or r.lead = $lead) and r.id not in (select id from voids)
    and r.id not in (select request from action_answers where id not in (select id from voids))
order by r.recorded_at
