-- Objections of a partner with what became of them until an instant, the open ones first. One row per dispute.
with taken_back as (
    select id from voids where recorded_at <= $known_at
)

select
    d.id, d.lead, d.kind, d.note, d.opened_by, d.recorded_at, r.outcome, r.note as resolution, r.resolved_by,
    r.recorded_at as resolved_at
from disputes as d
join leads as l on d.lead = l.id
left join dispute_resolutions as r
    on d.id = r.dispute and r.recorded_at <= $known_at and r.id not in (select id from taken_back)
where l.partner = $partner and d.recorded_at <= $known_at and d.id not in (select id from taken_back)
order by r.id is not null, d.recorded_at desc
