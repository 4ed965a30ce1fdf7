-- The contact of each lead, and how it stands to the lead's partner. One row per lead.
with people as (
    select
        id, email_class, employer_partner,
        case when address_key in (select address_key from partners) then address_key end as address_key,
        case when email_org_key in (select org_key from partners) then email_org_key end as email_org_key,
        trim(coalesce(full_name, '')) <> '' as has_full_name,
        trim(coalesce(company, '')) <> '' as has_company,
        trim(coalesce(role, '')) <> '' as has_role
    from contacts
),

sources as (
    select p.id, p.address_key, p.org_key, k.number as org_number
    from partners as p
    left join key_numbers as k on p.org_key = k.key
)

select
    s.no, c.has_full_name, c.has_company, c.has_role, c.email_class,
    c.employer_partner = s.partner as is_partner_employee,
    c.address_key = p.address_key as is_partner_person,
    coalesce(c.email_org_key = p.org_key, false) or coalesce(s.org_key = p.org_number, false) as is_partner_domain,
    coalesce(np.near_match, no.near_match, nm.near_match) as near_partner_match
from subject as s
left join people as c on s.contact = c.id
left join sources as p on s.partner = p.id
left join near as np
    on np.kind = 'person' and s.person_key = np.key_number and p.address_key = np.near_key and np.recorded_at <= s.cut_at
left join near as no
    on no.kind = 'organization' and s.org_key = no.key_number and p.org_number = no.near_key_number and no.recorded_at <= s.cut_at
left join near as nm
    on nm.kind = 'organization' and s.email_org_key = nm.key_number and p.org_number = nm.near_key_number
    and nm.recorded_at <= s.cut_at
where s.program in (select program from asking)
