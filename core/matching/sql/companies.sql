-- Every organization that the chosen records tell of: by its record, by the domain that contacts write from or what a
-- lead says where it has no record, by a partner. One row per record of an organization, and per further key one row by
-- the first record that names it.
with recorded as (
    select
        'organizations' as source, id as record, org_key as key, name_key, parent, phone_key,
        case when length(trim(country)) = 2 then lower(trim(country)) end as country,
        nullif(regexp_replace(strip_accents(lower(street)), '[^a-z0-9]', '', 'g'), '') as street_key,
        nullif(regexp_replace(lower(postal_code), '[^a-z0-9]', '', 'g'), '') as postal_key,
        nullif(regexp_replace(strip_accents(lower(city)), '[^a-z0-9]', '', 'g'), '') as city_key
    from chosen_organizations
),

-- a domain in a lead's key is that of its contact, or of a record
mentioned as (
    select email_org_key as key from chosen_contacts where email_org_key is not null
    union
    select l.org_key from leads as l join chosen_contacts as c on l.contact = c.id where starts_with(l.org_key, 'n:')
),

unrecorded as (
    select m.key from mentioned as m anti join organizations as o on m.key = o.org_key
),

named as (
    select email_org_key as key, id as record, company_key as name_key
    from contacts
    where email_org_key in (select key from unrecorded)
    union all
    select l.org_key, c.id, c.company_key
    from leads as l
    join contacts as c on l.contact = c.id
    where starts_with(l.org_key, 'n:') and l.org_key in (select key from unrecorded)
),

implied as (
    select key, min(record) as record, arg_min(name_key, record) as name_key from named group by key
),

partnered as (
    select id as record, org_key as key, company_key as name_key, null as parent, null as phone_key, lower(country) as country
    from chosen_partners
    where org_key is not null
),

known as (
    select * from recorded
    union all by name
    select 'contacts' as source, * from implied where record in (select id from chosen_contacts)
    union all by name
    select 'partners' as source, * from partnered
),

spelled as (
    select
        *, split_part(name_key, '#', 1) as base, split_part(name_key, '#', 2) as family,
        case when starts_with(key, 'd:') then substr(key, 3) end as domain
    from known
)

select
    s.*,
    replace(s.base, ' ', '') as letters,
    split_part(s.domain, '.', 1) as label,
    -- what an eye takes it for: digits as letters, no hyphens, pairs of letters that run together
    replace(replace(replace(
        translate(split_part(coalesce(i.shown, s.domain), '.', 1), '01345789i-', 'oleastbgl'), 'rn', 'm'
    ), 'vv', 'w'), 'cl', 'd') as skeleton
from spelled as s
left join international as i on s.domain = i.domain
