-- Who would be paid for a lead, and which details of theirs are usable. One row per partner of a lead in scope.
with paid_partners as (
    select partner, min(as_of) as as_of from subject group by partner
),

told as (
    select
        p.partner,
        list(distinct e.field) filter (where e.type = 'payee_details_provided') as provided_fields,
        arg_max(e.what, e.happened_at) filter (where e.type = 'payee_details_provided' and e.field = 'country') as country,
        max(e.happened_at) filter (where e.type = 'payee_details_provided') as details_last_at,
        min(e.happened_at) filter (where e.type = 'wire_requested') as wire_requested_at,
        max(e.happened_at) filter (where e.type = 'source_contacted' and e.lead is null) as partner_contacted_at
    from events as e
    join wide_events as p on e.id = p.id
    join paid_partners as q on p.partner = q.partner
    where e.type in ('payee_details_provided', 'wire_requested', 'source_contacted')
        and e.happened_at <= q.as_of and e.recorded_at <= $known_at
    group by p.partner
)

select
    q.partner, coalesce(t.country, p.country) as country, p.email_class as payee_email_class, p.other_details as payee_details,
    trim(concat_ws(' ', p.name, p.first_name, p.last_name)) <> '' as has_name,
    trim(coalesce(p.domain, '')) <> '' as has_domain,
    trim(coalesce(p.first_name, '')) <> '' as has_first_name,
    trim(coalesce(p.last_name, '')) <> '' as has_last_name,
    trim(coalesce(p.check_address, '')) <> '' as has_check_address,
    coalesce(p.check_address_confirmed_at <= q.as_of, false) as is_check_address_confirmed,
    trim(coalesce(p.wire_details, '')) <> '' as has_wire_details,
    coalesce(t.provided_fields, []) as provided_fields,
    t.details_last_at, t.wire_requested_at, t.partner_contacted_at
from paid_partners as q
left join partners as p on q.partner = p.id
left join told as t on q.partner = t.partner
