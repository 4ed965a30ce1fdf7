-- Lines of a batch that cannot be paid as they stand now, and what is to be taken off its payees and does not stand in
-- it, with why. One row per line.
with here as (
    select l.*, c.state as line_state, c.batch as line_batch
    from lines as l left join lines as c on l.corrects = c.id
    where l.batch = $batch
),

wrong as (
    select
        id, lead, amount, currency,
        case
            when len(holds) > 0 then 'held by an open case (' || array_to_string(holds, ', ') || ')'
            when kind = 'adjustment' then 'a correction of what is ' || coalesce(line_state, 'gone')
            when owed_status is null then 'no longer owed'
            when owed_status = 'blocked' then 'blocked: ' || array_to_string(blockers, ', ')
            else owed_status || ' elsewhere'
        end as why
    from here
    where len(holds) > 0
        or if(
            kind = 'adjustment', line_state is distinct from 'paid' and line_batch is distinct from $batch,
            owed_status is distinct from 'payable'
        )
),

left_off as (
    select c.id, c.lead, c.amount, c.currency, 'to be taken off what ' || c.partner || ' is paid' as why
    from lines as c
    join batches as b on b.id = $batch and c.program = b.program and c.currency = b.currency
    join lines as l on c.corrects = l.id and (l.state = 'paid' or l.batch = b.id)
    where c.kind = 'adjustment' and c.amount < 0 and c.state = 'open'
        and c.partner in (select partner from batch_lines where batch = $batch)
)

select * from wrong
union all
select * from left_off
order by id
