-- How many entries of the journal there are to look at, under all filters. One row.
with undone as (
    select cast(after ->> '$.undone' as bigint) as number from journal where action = 'undo'
)

select count(*) as entries
from journal
where ($person::varchar is null or person = $person)
    and ($action::varchar is null or action = $action)
    and ($lead::varchar is null or lead = $lead or number in (select number from journal_leads where lead = $lead))
    and ($begins_at::timestamp is null or recorded_at >= $begins_at)
    and ($ends_at::timestamp is null or recorded_at < $ends_at)
    and (not $is_undone or number in (select number from undone))
    and ($actions::varchar[] is null
        or list_contains($actions, if(action = 'refused', after ->> '$.action', action)))
