-- What happened to given leads, persons and organizations, and further events by id. One row per event that was not taken back.
with found as (
    select id from events where lead in ($leads)
    union
    select id from events where person_key in ($persons)
    union
    select id from events where org_key in ($organizations)
    union
    select id from events where id in ($ids)
)

select * from events where id in (select id from found)
    and id not in (select id from voids where relation = 'events')
