-- Who works on a lead, and until when it is set aside, where it is. One row.
with working as (
    select person from assignments
    where lead = $lead and id not in (select id from voids)
    order by recorded_at desc
    limit 1
),

resting as (
    select until_on, person, note from snoozes
    where lead = $lead and id not in (select id from voids)
    order by recorded_at desc
    limit 1
)

select working.person as worker, resting.until_on as aside_until, resting.person as aside_by, resting.note as aside_note
from (select 1) as one
left join working on true
left join resting on resting.until_on > $today
