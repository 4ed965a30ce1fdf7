-- Given leads of one company's programs, as they came in until an instant, with the keys by which events bear on them,
-- crowded ones left out, and their versions of now. One row per lead, the first to come first.
with own as materialized (  -- by the index alone
    select * from leads where id in ($leads)
)

select
    l.id as lead, coalesce(v.version, 0) as version, l.program, l.partner, l.submitted_at,
    if(l.person_key_crowded, null, l.person_key) as person,
    if(l.org_key_crowded, null, l.org_key) as organization, k.full_name, coalesce(o.name, k.company) as company,
    coalesce(p.name, nullif(concat_ws(' ', p.first_name, p.last_name), ''), l.partner) as partner_name
from own as l
left join lead_versions as v on l.id = v.lead
left join contacts as k on l.contact = k.id
left join organizations as o on l.org = o.id
left join partners as p on l.partner = p.id
where l.program in ($programs) and l.submitted_at <= $as_of
order by l.submitted_at, l.id
