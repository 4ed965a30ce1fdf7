-- Who a lead is about and who sent it. One row, or none where there is no such lead.
select
    leads.id as lead, leads.program, leads.partner, leads.submitted_at, leads.channel, leads.products,
    contacts.full_name, contacts.email, contacts.role, coalesce(organizations.name, contacts.company) as company,
    organizations.domain, organizations.country,
    coalesce(partners.name, nullif(concat_ws(' ', partners.first_name, partners.last_name), ''), leads.partner)
        as partner_name
from leads
left join contacts on contacts.id = leads.contact
left join organizations on organizations.id = leads.org
left join partners on partners.id = leads.partner
where leads.id = $lead
