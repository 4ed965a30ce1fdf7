-- Payee details that several partners gave: bank details, address of the check, e-mail, account numbers. One row per
-- pair of partners; of a crowd each beside the first alone.
with given as (
    select id, 'bank details' as detail, wire_details as text from partners
    union all
    select id, 'check address', check_address from partners
    union all
    select partner, 'bank details', coalesce(iban, account_number) from payee_details
    union all
    select p.id, 'account number', e.value ->> '$'
    from partners as p, json_each(p.other_details) as e
    where p.other_details is not null and regexp_matches(regexp_replace(e.value ->> '$', '[^0-9A-Za-z]', '', 'g'), '[0-9]{6}')
),

folded as (
    select id, detail, regexp_replace(strip_accents(lower(text)), '[^a-z0-9]', '', 'g') as value
    from given
    where text is not null
    union all
    select id, 'payee e-mail', address_key from partners where address_key is not null
    union all
    select partner, 'payee e-mail', address_key from payee_details where address_key is not null
),

members as (
    select distinct id, detail, value from folded where length(value) >= 6 and value <> 'erased'
),

shared as (
    select detail, value, min(id) as first_id, count(*) as partners from members group by detail, value having count(*) > 1
)

select l.id as left_key, r.id as right_key, list_sort(list(distinct s.detail)) as details
from shared as s
join members as l on s.detail = l.detail and s.value = l.value
join members as r on s.detail = r.detail and s.value = r.value and l.id < r.id
where s.partners <= $most or l.id = s.first_id
group by l.id, r.id
