-- The entries that changed a lead, oldest first. One row per entry.
with taken_back as (
    select cast(after ->> '$.undone' as bigint) as number from journal where action = 'undo'
)

select
    j.number, j.recorded_at, j.person, j.action, c.version, c.disposition_before, c.disposition, j.before, j.after,
    j.number in (select number from taken_back) as is_undone
from journal_leads as c
join journal as j on c.number = j.number
where c.lead = $lead
order by j.number
