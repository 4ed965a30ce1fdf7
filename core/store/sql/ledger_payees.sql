-- Payees by id, and when we were last told how to pay them. One row per partner.
with told as (
    select partner, max(recorded_at) as told_at from events
    where type = 'payee_details_provided' and id not in (select id from voids)
        and partner in (select unnest($partners::varchar[]))
    group by partner
)

select
    p.id as partner, coalesce(p.name, nullif(concat_ws(' ', p.first_name, p.last_name), ''), p.id) as partner_name, t.told_at
from partners as p
left join told as t on p.id = t.partner
where p.id in (select unnest($partners::varchar[]))
