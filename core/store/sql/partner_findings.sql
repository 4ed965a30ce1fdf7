-- Findings of abuse and breaches that bear on a partner, until an instant, the latest first. One row per event.
select
    e.id, e.type, e.kind, e.lead, e.happened_at, e.decided_by, e.customer_asked, e.reason as note,
    coalesce(p.name, nullif(concat_ws(' ', p.first_name, p.last_name), ''), e.partner) as named_partner
from events as e
left join leads as l on e.lead = l.id
left join partners as p on e.partner = p.id
where e.type in ('abuse_finding', 'competitor_suggested', 'partner_introduced')
    and $partner in (l.partner, case when e.type <> 'partner_introduced' then e.partner end)
    and e.happened_at <= $as_of and e.id not in (select id from voids where recorded_at <= $known_at)
order by e.happened_at desc, e.id
