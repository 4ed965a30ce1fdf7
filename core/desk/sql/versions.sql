-- Versions and dispositions of given leads. One row per lead.
select l.id as lead, coalesce(v.version, 0) as version, e.disposition
from leads as l
left join lead_versions as v on l.id = v.lead
left join evaluations as e on l.id = e.lead
where l.id in (select unnest($leads::varchar[]))
