-- The leads that came in in the chosen months and in as many before them. One row per lead. The months of a program are
-- given by the months in UTC that they meet, with their first and last instants.
create temp table chosen as
with months as (
    select
        unnest($programs::varchar[]) as program, unnest($utc_months::date[]) as utc_month,
        unnest($months::date[]) as month, unnest($begins::timestamp[]) as begins_at,
        unnest($ends::timestamp[]) as ends_at, unnest($is_chosen::boolean[]) as is_chosen
)

select
    l.id as lead, l.program, l.partner, l.submitted_at, m.month, m.is_chosen,
    case when l.source_context = 'normal' then coalesce(l.channel, 'unknown') else l.source_context end as channel
from leads as l
join months as m
    on m.program = l.program and m.utc_month = date_trunc('month', l.submitted_at)::date
    and l.submitted_at >= m.begins_at and l.submitted_at < m.ends_at
where ($program::varchar is null or l.program = $program) and ($partner::varchar is null or l.partner = $partner)
    and ($channel::varchar is null or $channel
        = case when l.source_context = 'normal' then coalesce(l.channel, 'unknown') else l.source_context end)
