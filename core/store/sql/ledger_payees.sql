-- Payees by id, and when we were last told how to pay them. One row per partner.
with told as (
    select partner, max(recorded_at) as told_at from events
    where type = 'payee_details_provided' and id not in (select id from voids)
        and partner in (select unnest($partners::varchar[]))
    group by partner
)

select
    p.partner, p.partner_name, t.told_at
from partner_names as p
left join told as t on p.partner = t.partner
where p.partner in (select unnest($partners::varchar[]))
