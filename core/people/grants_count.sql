-- How many roles were given or taken back. One row.
select
    (select count(*) from grants where recorded_at <= $known_at and ($person::varchar is null or person = $person))
    + (
        select count(*) from revocations as r join grants as g on g.id = r.granted
        where r.recorded_at <= $known_at and ($person::varchar is null or g.person = $person)
    ) as changes
