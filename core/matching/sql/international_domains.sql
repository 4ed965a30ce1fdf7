-- Domains with letters beyond a to z, in their ASCII form. One row per domain.
with keys as (
    select org_key as key from organizations
    union all
    select email_org_key from contacts
    union all
    select org_key from leads
    union all
    select org_key from partners
)

select distinct substr(key, 3) as domain from keys where contains(key, 'xn--')
