-- People with the roles they hold at an instant and those that begin later. One row per person that matches.
with standing as (
    select
        id, person, if(program is null, role, role || ':' || program) as held_role, begins_at, ends_at,
        date_trunc('second', begins_at) > $moment as is_later  -- a change of this very second stands behind it
    from grants
    where coalesce(ends_at > $moment, true) and recorded_at <= $known_at
        and id not in (select granted from revocations where recorded_at <= $known_at)
),

held as (
    select
        person,
        list({'role': held_role, 'begins_at': begins_at, 'ends_at': ends_at, 'is_later': is_later}
            order by held_role, begins_at) as grants
    from standing
    group by person
)

select
    people.id, people.name, people.email, people.partner, people.org_key,
    coalesce(partners.name, nullif(concat_ws(' ', partners.first_name, partners.last_name), '')) as partner_name,
    coalesce(held.grants, []) as grants
from people
left join held on held.person = people.id
left join partners on partners.id = people.partner
where people.recorded_at <= $known_at and ($search::varchar is null
    or contains(lower(concat_ws(' ', people.id, people.name, people.email, people.partner)), lower($search::varchar)))
order by held.grants is null, lower(coalesce(people.name, people.id)), people.id
