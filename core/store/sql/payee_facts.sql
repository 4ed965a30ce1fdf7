-- Who is paid in each program, and which details of theirs are usable at an instant. One row per program and partner that
-- sends leads to it, with the columns of core/facts/payees.sql.
with paid_partners as (
    select distinct program, partner from leads
    where submitted_at <= $as_of and ($partner::varchar is null or partner = $partner)
),

told as (
    select
        coalesce(e.partner, l.partner) as partner,
        list(distinct e.field) filter (where e.type = 'payee_details_provided') as provided_fields,
        arg_max(e.what, e.happened_at) filter (where e.type = 'payee_details_provided' and e.field = 'country') as country,
        min(e.happened_at) filter (where e.type = 'wire_requested') as wire_requested_at
    from events as e
    left join leads as l on e.lead = l.id
    where e.type in ('payee_details_provided', 'wire_requested')
        and e.happened_at <= $as_of and e.id not in (select id from voids)
    group by 1
)

select
    q.program, q.partner,
    coalesce(p.name, nullif(concat_ws(' ', p.first_name, p.last_name), '')) as name,
    coalesce(t.country, p.country) as country, p.email_class as payee_email_class, p.other_details as payee_details,
    trim(concat_ws(' ', p.name, p.first_name, p.last_name)) <> '' as has_name,
    trim(coalesce(p.domain, '')) <> '' as has_domain,
    trim(coalesce(p.first_name, '')) <> '' as has_first_name,
    trim(coalesce(p.last_name, '')) <> '' as has_last_name,
    trim(coalesce(p.check_address, '')) <> '' as has_check_address,
    coalesce(p.check_address_confirmed_at <= $as_of, false) as is_check_address_confirmed,
    trim(coalesce(p.wire_details, '')) <> '' as has_wire_details,
    coalesce(t.provided_fields, []) as provided_fields,
    t.wire_requested_at, null::timestamp as paid_first_at,
    v.id as details,
    coalesce(v.iban, v.account_number) is not null as has_account,
    w.id as waiting,
    w.proposed_by as waiting_by,
    c.usable_at as cooling_until
from paid_partners as q
left join partners as p on q.partner = p.id
left join told as t on q.partner = t.partner
left join payees_at($as_of) as v on q.partner = v.partner
left join payee_versions as w on q.partner = w.partner and w.is_newest and w.confirmation is null
left join payee_versions as c on q.partner = c.partner and c.counts_from > $as_of
order by q.program, q.partner
