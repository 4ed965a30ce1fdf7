-- What leads are called, and what was written for their partner where they were rejected by one of some events.
-- One row per lead.
with written as (
    select lead, reason as explanation from events where id in ($records)
)

select l.id as lead, coalesce(o.name, c.company, c.full_name, l.id) as lead_name, w.explanation
from leads as l
left join organizations as o on l.org = o.id
left join contacts as c on l.contact = c.id
left join written as w on l.id = w.lead
where l.id in ($leads)
