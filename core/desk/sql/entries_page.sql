-- One page of the journal under all filters, the latest first. One row per entry; the first leads it changed, how many
-- they are, and what became of the one where it is one.
with undone as (
    select cast(after ->> '$.undone' as bigint) as number from journal where action = 'undo'
),

shown as (
    select number, recorded_at, person, action, lead, before, after, number in (select number from undone) as is_undone
    from journal
    where ($person::varchar is null or person = $person)
        and ($action::varchar is null or action = $action)
        and ($lead::varchar is null or lead = $lead or number in (select number from journal_leads where lead = $lead))
        and ($begins_at::timestamp is null or recorded_at >= $begins_at)
        and ($ends_at::timestamp is null or recorded_at < $ends_at)
        and (not $is_undone or number in (select number from undone))
        and ($actions::varchar[] is null
            or list_contains($actions, if(action = 'refused', after ->> '$.action', action)))
    order by number desc
    limit $size offset $start
),

changed as (
    select
        number, count(*) as leads, min(lead, 3) as first_leads, any_value(disposition_before) as disposition_before,
        any_value(disposition) as disposition
    from journal_leads
    where number in (select number from shown)
    group by number
)

select
    shown.*, coalesce(changed.leads, 0) as leads, coalesce(changed.first_leads, []) as first_leads,
    if(changed.leads = 1, changed.disposition_before, null) as disposition_before,
    if(changed.leads = 1, changed.disposition, null) as disposition
from shown
left join changed on changed.number = shown.number
order by shown.number desc
