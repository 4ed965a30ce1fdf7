-- The contact of an organization that a name in lower case stands for, where one person alone bears it there.
-- One row per incoming name and organization of which that is so.
select n.name, n.org, min(c.id) as contact
from incoming as n
join organizations as o on n.org = o.id
join contacts as c on n.name = lower(trim(c.full_name)) and (c.org = n.org or c.email_org_key = o.org_key)
group by n.name, n.org
having count(distinct c.person_key) = 1
