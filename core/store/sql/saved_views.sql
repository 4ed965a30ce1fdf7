-- Views of the queue that a person may choose from: their own, then those shared in their programs. One row per view.
select v.*, coalesce(p.name, v.person) as person_name
from saved_views as v
left join people as p on v.person = p.id
where v.id not in (select id from voids)
    and (v.person = $person or (v.is_shared and (v.program is null or list_contains($programs::varchar[], v.program))))
order by v.person <> $person, lower(v.name), v.id
