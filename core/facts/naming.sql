-- Events that bear upon whoever has the person or the organization they name, under the numbers of those keys.
-- One row per event.
select
    e.id, e.type, e.happened_at, e.lead, e.partner, p.number as person_key, o.number as org_key,
    e.contact is not null or e.email is not null as names_person,
    e.kind, e.decided_by, e.rep, e.stage, e.meaningful, e.introduced_by, e.occurred_at, e.logged_at
from events as e
left join key_numbers as p on e.person_key = p.key
left join key_numbers as o on e.org_key = o.key
where e.type in ('crm_touch', 'sales_activity', 'email_bounce', 'competitor_suggested', 'partner_introduced')
    and e.happened_at <= $as_of and e.recorded_at <= $known_at
