-- The contact that an id of another system names: a contact of that id, or the one of a lead of that id.
-- One row per incoming id that names one.
select n.id, coalesce(c.id, l.contact) as contact
from incoming as n
left join contacts as c on n.id = c.id
left join leads as l on n.id = l.id
where c.id is not null or l.contact is not null
