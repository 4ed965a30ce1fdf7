-- Whom given events speak of: a lead, a person, an organization, every lead of a partner or of a program. One row per
-- event.
select e.lead, e.person_key, e.org_key, w.partner, w.program
from events as e
left join wide_events as w on e.id = w.id
where e.id in ($ids)
