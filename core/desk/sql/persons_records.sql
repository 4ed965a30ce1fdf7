-- A contact and every other record of the same person. One row per record.
with given as (
    select person_key, address_key from contacts where id = $contact
)

select c.id, c.person_key, c.address_key
from contacts as c
join given as g on c.person_key = g.person_key or c.address_key = g.address_key
order by c.id
