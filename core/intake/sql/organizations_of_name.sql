-- The organization that a name in lower case stands for, where it is that of one alone. One row per incoming name that is.
select n.name, min(o.id) as id
from incoming as n
join organizations as o on n.name = lower(trim(o.name))
group by n.name
having count(distinct o.org_key) = 1
