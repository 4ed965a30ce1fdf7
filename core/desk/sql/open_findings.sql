-- Findings of abuse on a lead that hold its money, with whether a person recorded each. One row per finding, oldest first.
select
    e.id, e.kind, e.decided_by, e.happened_at,
    coalesce(lower(e.decided_by) in (select name from names_of_people where person = $person), false) as is_own
from events as e
where e.lead = $lead and e.type = 'abuse_finding'
    and 'finding:' || e.id in (select unnest(holds) from holds where lead = $lead)
order by e.happened_at, e.id
