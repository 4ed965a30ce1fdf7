-- Leads of a partner in a program that were refused by a person between two instants and still are, with what the partner
-- is told. One row per lead.
select
    e.lead, coalesce(e.what, v.reason) as clause, e.reason as explanation, e.happened_at,
    coalesce(o.name, c.company, c.full_name, e.lead) as lead_name
from events as e
join leads as l on e.lead = l.id
join evaluations as v on l.id = v.lead
left join organizations as o on l.org = o.id
left join contacts as c on l.contact = c.id
where e.type = 'rejected' and e.happened_at >= $begins and e.happened_at < $ends and e.happened_at <= $as_of
    and l.partner = $partner and l.program = $program and v.disposition = 'rejected'
    and e.id not in (select id from voids)
qualify row_number() over (partition by e.lead order by e.happened_at desc, e.id desc) = 1
order by e.happened_at, e.lead
