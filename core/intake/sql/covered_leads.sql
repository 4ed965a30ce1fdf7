-- Stored leads that wait for a look at the CRM history and whose part of it is told now: activities for the programs of
-- one company, the others for all; the first of them by name. One row per part.
select
    n.part, count(distinct n.org_key) as organizations, count(distinct l.id) as leads,
    coalesce(list(distinct l.id order by l.id) filter (where l.id is not null), [])[:$most] as lead_ids
from incoming as n
left join leads as l
    on n.org_key = l.org_key and l.history_lookup = 'unavailable'
    and (n.part not in ('activities', 'opportunities') or list_contains($programs, l.program))
group by n.part
