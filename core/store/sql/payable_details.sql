-- How given partners are paid at an instant, in plain text: their confirmed details, and where there are none what their
-- record says. One row per partner.
select
    p.id as partner,
    case when p.kind = 'referral_partner' then p.name end as company,
    coalesce(v.first_name, p.first_name) as first_name, coalesce(v.last_name, p.last_name) as last_name, p.name,
    coalesce(v.business_email, p.email) as email, coalesce(v.country, p.country) as country,
    v.street, v.street_more, v.city, v.region, v.postal_code, p.check_address,
    v.iban, v.bic, v.account_number, v.routing_number, v.other_details
from partners as p
left join payees_at($at_instant) as v on p.id = v.partner
where p.id in (select unnest($partners::varchar[]))
order by p.id
