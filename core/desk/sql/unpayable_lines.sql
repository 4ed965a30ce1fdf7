-- Lines of a batch that cannot be paid as they stand now, with why. One row per line.
select
    l.id, l.lead, l.amount, l.currency,
    case
        when len(l.holds) > 0 then 'held by an open case (' || array_to_string(l.holds, ', ') || ')'
        when l.owed_status is null then 'no longer owed'
        when l.owed_status = 'blocked' then 'blocked: ' || array_to_string(l.blockers, ', ')
        else l.owed_status || ' elsewhere'
    end as why
from lines as l
where l.batch = $batch and (
    len(l.holds) > 0 or (l.kind <> 'adjustment' and l.owed_status is distinct from 'payable')
)
order by l.id
