-- One page of a partner's leads, the latest first; `found` says how many there are. One row per lead.
select
    e.lead, e.program, e.disposition, e.reason, e.owner_status, e.owner_until, e.pending_on, l.submitted_at, k.full_name,
    k.email, coalesce(o.name, k.company) as company, count(*) over () as found
from evaluations as e
join leads as l on e.lead = l.id
left join contacts as k on l.contact = k.id
left join organizations as o on l.org = o.id
where l.partner = $partner
    and ($disposition::varchar is null or e.disposition = $disposition)
    and ($reason::varchar is null or e.reason = $reason)
    and (not $is_owned or e.owner_status = 'confirmed')
order by l.submitted_at desc, e.lead
limit $size offset $start
