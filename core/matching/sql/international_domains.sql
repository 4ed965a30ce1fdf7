-- Domains of chosen records with letters beyond a to z, in their ASCII form. One row per domain.
with keys as (
    select org_key as key from chosen_organizations
    union all
    select email_org_key from chosen_contacts
    union all
    select org_key from chosen_partners
)

select distinct substr(key, 3) as domain from keys where contains(key, 'xn--')
