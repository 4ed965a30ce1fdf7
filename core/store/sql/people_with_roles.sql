-- Everybody who holds a role at an instant. One row per person; roles as `role` or `role:program`.
with held as (
    select person, if(program is null, role, role || ':' || program) as held_role
    from grants
    where begins_at <= $moment and coalesce(ends_at > $moment, true) and id not in (select granted from revocations)
)

select people.id, coalesce(people.name, people.id) as name, list(distinct held.held_role order by held.held_role) as roles
from people
join held on held.person = people.id
group by people.id, people.name
order by people.id
