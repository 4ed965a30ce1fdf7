-- Where lines stand, added up. One row per currency, state, month of booking, whether they are past their due day, and
-- whether they take back what was earned.
select
    currency, state, period, is_overdue and state not in ('paid', 'void') as is_overdue,
    kind = 'adjustment' and (amount < 0 or reason = 'write_off') as is_clawed_back, count(*) as lines, sum(amount) as amount
from kept_lines
where ($program::varchar is null or program = $program)
    and ($partner::varchar is null or partner = $partner)
    and ($lead::varchar is null or lead = $lead)
    and ($batch::varchar is null or id in (select line from batch_lines where batch = $batch))
    and ($blocker::varchar is null or (owed_status = 'blocked' and list_contains(blockers, $blocker))
        or (state = 'held' and list_contains(list_transform(holds, lambda one: 'hold.' || split_part(one, ':', 1)), $blocker)))
    and ($due::varchar is null or (state not in ('paid', 'void') and case $due
        when 'overdue' then is_overdue
        when 'unknown' then not is_overdue and due_on is null
        else not is_overdue and due_on >= $due_from and due_on < $due_before
    end))
group by all
order by all
