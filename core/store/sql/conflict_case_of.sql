-- The lead against which people opened a case on a given one, as of an instant: an open case first. One row or none.
with taken_back as (
    select id from voids where recorded_at <= $known_at
)

select if(c.lead = $lead, c.other_lead, c.lead) as other_lead
from conflict_cases as c
left join conflict_settlements as s
    on c.id = s.conflict_case and s.recorded_at <= $known_at and s.id not in (select id from taken_back)
where $lead in (c.lead, c.other_lead) and c.recorded_at <= $known_at and c.id not in (select id from taken_back)
order by s.id is not null, c.recorded_at desc
limit 1
