-- Questions to a partner that waited for an answer at an instant. One row per question, oldest first.
with taken_back as (
    select id from voids where recorded_at <= $known_at
)

select r.id, r.lead, r.missing, r.note, r.asked_by, r.recorded_at
from action_requests as r
join leads as l on r.lead = l.id
where l.partner = $partner and r.recorded_at <= $known_at and r.id not in (select id from taken_back)
    and r.id not in (
        select request from action_answers where recorded_at <= $known_at and id not in (select id from taken_back))
order by r.recorded_at
