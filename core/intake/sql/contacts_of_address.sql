-- The contact that bears an address: all that do are one person. One row per incoming address that one bears.
select n.address_key, min(c.id) as contact
from incoming as n
join contacts as c on n.address_key = c.address_key
group by n.address_key
