-- Leads of a program with one verdict on one criterion (its place, from 1). One row per lead, in order of ids.
-- Names are joined to the rows of the page alone.
with shown as (
    select lead, disposition, reason
    from evaluations
    where program = $program and substr(verdicts, $place, 1) = $letter
    order by lead
    limit $size offset $start
)

select
    shown.lead, shown.disposition, shown.reason, contacts.full_name,
    coalesce(organizations.name, contacts.company) as company,
    coalesce(partners.name, nullif(concat_ws(' ', partners.first_name, partners.last_name), ''), leads.partner)
        as partner_name,
    leads.submitted_at
from shown
join leads on leads.id = shown.lead
left join contacts on contacts.id = leads.contact
left join organizations on organizations.id = leads.org
left join partners on partners.id = leads.partner
order by shown.lead
