-- Every role that was given or taken back, the latest first. One row per grant and per revocation.
with given as (
    select recorded_at, 'granted' as what, person, role, program, begins_at, ends_at, granted_by as by_person, id
    from grants
),

taken as (
    select
        r.recorded_at, 'taken back' as what, g.person, g.role, g.program, g.begins_at, g.ends_at, r.revoked_by, r.id
    from revocations as r
    join grants as g on g.id = r.granted
),

together as (
    select * from given
    union all
    select * from taken
)

select recorded_at, what, person, role, program, begins_at, ends_at, by_person
from together
where recorded_at <= $known_at and ($person::varchar is null or person = $person)
order by recorded_at desc, id desc
limit $size offset $start
