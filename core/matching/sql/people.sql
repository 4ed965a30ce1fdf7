-- Who of the chosen records is known as a person: contacts, and partners that are people. One row per record with a name.
select
    r.*,
    regexp_replace(split_part(key, '@', 1), '[^a-z0-9]', '', 'g') as mailbox,
    case when contains(key, '@') then split_part(key, '@', 2) end as domain
from (
    select
        'contacts' as source, c.id as record, c.person_key as key, c.name_key, coalesce(o.org_key, c.email_org_key) as org_key,
        coalesce(c.company_key, o.name_key) as company_key, c.phone_key,
        nullif(regexp_replace(strip_accents(lower(c.street)), '[^a-z0-9]', '', 'g'), '') as street_key,
        nullif(regexp_replace(lower(c.postal_code), '[^a-z0-9]', '', 'g'), '') as postal_key,
        nullif(regexp_replace(strip_accents(lower(c.city)), '[^a-z0-9]', '', 'g'), '') as city_key,
        cast(null as varchar) as born_on
    from chosen_contacts as c
    left join organizations as o on c.org = o.id
    where c.name_key is not null
    union all
    select
        'partners', p.id, p.address_key, p.name_key, p.org_key, p.company_key, null, null, null, null, null
    from chosen_partners as p
    where p.name_key is not null and p.address_key is not null
) as r
