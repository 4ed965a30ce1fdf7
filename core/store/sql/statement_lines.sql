-- What a partner earned in a program and what it counts as. One row per line, in order.
select
    l.id, l.lead, l.kind, l.amount, l.currency, l.clause, l.rate, l.base_amount, l.earned_on, l.period, l.reason, l.state,
    l.blockers, l.paid_on, coalesce(o.name, c.company, c.full_name, l.lead) as lead_name
from lines as l
left join leads as s on l.lead = s.id
left join organizations as o on s.org = o.id
left join contacts as c on s.contact = c.id
where l.partner = $partner and l.program = $program
order by l.earned_on, l.lead, l.recorded_at, l.id
