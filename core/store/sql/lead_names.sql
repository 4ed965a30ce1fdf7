-- What leads are called: by their organization, their contact, or their id. One row per lead.
with named as (
    select id, org, contact from leads where id in ($leads)
)

select n.id as lead, coalesce(o.name, c.company, c.full_name, n.id) as lead_name
from named as n
left join organizations as o on n.org = o.id
left join contacts as c on n.contact = c.id
