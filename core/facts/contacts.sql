-- The contact of each lead, and how it stands to the lead's partner. One row per lead.
select
    s.no,
    trim(coalesce(c.full_name, '')) <> '' as has_full_name,
    trim(coalesce(c.company, '')) <> '' as has_company,
    trim(coalesce(c.role, '')) <> '' as has_role,
    c.email_class,
    c.employer_partner = s.partner as is_partner_employee,
    c.address_key = p.address_key as is_partner_person,
    coalesce(c.email_org_key = p.org_key, false) or coalesce(s.org_key = p.org_key, false) as is_partner_domain,
    p.org_key as partner_org_key
from subject as s
left join contacts as c on s.contact = c.id
left join partners as p on s.partner = p.id
where s.program in (select program from asking)
