-- Undecided leads under each version of the terms, whatever month they came in. One row per program and version.
with versions as (
    select
        unnest($programs::varchar[]) as program, unnest($numbers::integer[]) as number,
        unnest($begins::timestamp[]) as begins_at, unnest($ends::timestamp[]) as ends_at
)

select v.program, v.number, count(*) as leads
from evaluations as e
join leads as l on l.id = e.lead
join versions as v on v.program = e.program and l.submitted_at >= v.begins_at and l.submitted_at < v.ends_at
where e.disposition = 'pending'
    and ($program::varchar is null or l.program = $program) and ($partner::varchar is null or l.partner = $partner)
    and ($channel::varchar is null or $channel
        = case when l.source_context = 'normal' then coalesce(l.channel, 'unknown') else l.source_context end)
group by all
