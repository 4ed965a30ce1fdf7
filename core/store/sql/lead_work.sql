-- Who works on a lead, and until when it is set aside, where it is. One row.
select working.person as worker, resting.until_on as aside_until, resting.person as aside_by, resting.note as aside_note
from (select $lead::varchar as lead) as one
left join working on working.lead = one.lead
left join resting on resting.lead = one.lead and resting.until_on > $today
