-- The contact of each lead, and how it stands to the lead's partner. One row per lead.
select
    s.no,
    trim(coalesce(c.full_name, '')) <> '' as has_full_name,
    trim(coalesce(c.company, '')) <> '' as has_company,
    trim(coalesce(c.role, '')) <> '' as has_role,
    c.email_class,
    c.employer_partner = s.partner as is_partner_employee,
    c.address_key = p.address_key as is_partner_person,
    coalesce(c.email_org_key = p.org_key, false) or coalesce(s.org_key = k.number, false) as is_partner_domain,
    p.org_key as partner_org_key,
    coalesce(np.near_match, no.near_match, nm.near_match) as near_partner_match
from subject as s
left join contacts as c on s.contact = c.id
left join partners as p on s.partner = p.id
left join key_numbers as k on p.org_key = k.key
left join near as np
    on np.kind = 'person' and s.person_key = np.key_number and p.address_key = np.near_key and np.recorded_at <= s.cut_at
left join near as no
    on no.kind = 'organization' and s.org_key = no.key_number and p.org_key = no.near_key and no.recorded_at <= s.cut_at
left join near as nm
    on nm.kind = 'organization' and s.email_org_key = nm.key_number and p.org_key = nm.near_key and nm.recorded_at <= s.cut_at
where s.program in (select program from asking)
