-- Findings of abuse on a lead and refunds of its customer that hold its money, with whether a person recorded each. One row
-- per event, oldest first.
select
    e.id, e.type, e.kind, e.decided_by, e.happened_at,
    coalesce(lower(e.decided_by) in (select name from names_of_people where person = $person), false) as is_own
from events as e
where e.lead = $lead and e.type in ('abuse_finding', 'customer_refund')
    and if(e.type = 'abuse_finding', 'finding:', 'refund:') || e.id in (select hold from holds where lead = $lead)
order by e.happened_at, e.id
