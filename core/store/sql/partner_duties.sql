-- What is owed to or by a partner and not done, the breached first. One row per lead and duty.
select d.lead, d.duty, d.state
from duties as d
join leads as l on d.lead = l.id
where l.partner = $partner and d.state in ('open', 'breached')
order by d.state, d.duty, d.lead
