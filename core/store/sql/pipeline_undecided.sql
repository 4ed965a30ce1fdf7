-- Undecided leads under each version of the terms, whatever month they came in. One row per program and version.
with versions as (
    select
        unnest($programs::varchar[]) as program, unnest($numbers::integer[]) as number,
        unnest($begins::timestamp[]) as begins_at, unnest($ends::timestamp[]) as ends_at
),

undecided as materialized (
    select l.program, l.submitted_at
    from leads as l
    where l.id in (select lead from evaluations where disposition = 'pending')
        and ($program::varchar is null or l.program = $program) and ($partner::varchar is null or l.partner = $partner)
        and ($channel::varchar is null or $channel
            = case when l.source_context = 'normal' then coalesce(l.channel, 'unknown') else l.source_context end)
),

by_version as (
    select u.program, v.number
    from undecided as u
    join versions as v on v.program = u.program and u.submitted_at >= v.begins_at and u.submitted_at < v.ends_at
)

select program, number, count(*) as leads from by_version group by program, number
