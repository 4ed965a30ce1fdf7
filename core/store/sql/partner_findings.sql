-- Findings of abuse and breaches that bear on a partner, and refunds that hold its money or did, until an instant, the
-- latest first, with how each was resolved, and whether it holds money now. One row per event.
with taken_back as (
    select id from voids where recorded_at <= $known_at
),

holding as (
    select distinct hold from holds
)

select
    e.id, e.type, e.kind, e.lead, e.happened_at, e.decided_by, e.customer_asked, e.reason as note,
    coalesce(p.name, nullif(concat_ws(' ', p.first_name, p.last_name), ''), e.partner) as named_partner,
    r.note as resolution, r.resolved_by, r.recorded_at as resolved_at,
    h.hold is not null as is_holding
from events as e
left join leads as l on e.lead = l.id
left join partners as p on e.partner = p.id
left join finding_resolutions as r
    on e.id = r.finding and r.recorded_at <= $known_at and r.id not in (select id from taken_back)
left join holding as h on if(e.type = 'customer_refund', 'refund:', 'finding:') || e.id = h.hold
where (e.type in ('abuse_finding', 'competitor_suggested', 'partner_introduced')
        or (e.type = 'customer_refund' and (r.note is not null or h.hold is not null)))
    and $partner in (l.partner, case when e.type <> 'partner_introduced' then e.partner end)
    and e.happened_at <= $as_of and e.id not in (select id from taken_back)
order by e.happened_at desc, e.id
