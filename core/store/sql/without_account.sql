-- Of given partners those for whom no bank account counts at an instant that a second person confirmed. One row per partner.
select partner from (select unnest($partners::varchar[]) as partner)
where partner not in (
    select partner from payees_at($at_instant) where iban is not null or account_number is not null
)
order by partner
