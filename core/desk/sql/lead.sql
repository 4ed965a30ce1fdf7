-- A lead with its version and its kept evaluation. One row or none.
select
    l.id as lead, l.program, l.partner, l.contact, l.org, l.org_key, l.submitted_at, e.disposition, e.owner,
    e.owner_status, e.owner_until, coalesce(v.version, 0) as version
from leads as l
left join evaluations as e on l.id = e.lead
left join lead_versions as v on l.id = v.lead
where l.id = $lead
