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
),

beside as (
    select
        s.no, c.has_full_name, c.has_company, c.has_role, c.email_class,
        c.employer_partner = s.partner as is_partner_employee,
        c.address_key = p.address_key as is_partner_person,
        coalesce(c.email_org_key = p.org_key, false) as is_address_of_domain,
        coalesce(s.org_key = p.org_number, false) as is_org_of_domain,
        -- the domain of the address is named apart only where it is not that of the organization
        s.org_key_crowded as is_org_crowded,
        case when s.email_org_key is null then s.org_key_crowded else s.email_org_key_crowded end as is_address_crowded,
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
)

select
    * exclude (is_address_of_domain, is_org_of_domain, is_org_crowded, is_address_crowded),
    (is_address_of_domain and not is_address_crowded) or (is_org_of_domain and not is_org_crowded) as is_partner_domain,
    not is_partner_domain and (is_address_of_domain or is_org_of_domain) as is_partner_domain_crowded
from beside
