-- Why leads of a partner were rejected or have expired. One row per disposition and reason, the most frequent first.
select e.disposition, e.reason, count(*) as leads
from evaluations as e
join leads as l on e.lead = l.id
where l.partner = $partner and e.disposition in ('rejected', 'expired')
group by e.disposition, e.reason
order by leads desc, e.reason
