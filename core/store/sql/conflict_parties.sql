-- Leads of one company's programs that speak of the same person or organization as a given lead, or are named beside it,
-- as they came in until an instant. One row per lead, the first to come first.
with given as (
    select id, program, partner, person_key, org_key, email_org_key, person_key_crowded, org_key_crowded,
        email_org_key_crowded
    from leads
    where id = $lead
),

keys as (
    select unnest([if(person_key_crowded, null, person_key), if(org_key_crowded, null, org_key),
        if(email_org_key_crowded, null, email_org_key)]) as key
    from given
),

met as (
    select l.id
    from leads as l
    where l.person_key in (select key from keys) or l.org_key in (select key from keys)
        or l.email_org_key in (select key from keys)
    union
    select unnest($named::varchar[])
)

select
    l.id as lead, l.program, l.partner, l.submitted_at, l.products, l.contact, l.person_key, l.org_key, k.full_name,
    k.email, coalesce(o.name, k.company) as company,
    coalesce(p.name, nullif(concat_ws(' ', p.first_name, p.last_name), ''), l.partner) as partner_name
from leads as l
left join contacts as k on l.contact = k.id
left join organizations as o on l.org = o.id
left join partners as p on l.partner = p.id
where l.id in (select id from met) and l.program in (select unnest($programs::varchar[])) and l.submitted_at <= $as_of
order by l.submitted_at, l.id
