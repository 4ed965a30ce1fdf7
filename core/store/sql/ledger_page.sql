-- The lines of a page by their ids: what is not paid by due day, then the latest. One row per line.
select id from kept_lines
where ($states::varchar[] is null or list_contains($states, state))
    and (not $is_overdue or (is_overdue and state not in ('paid', 'void')))
    and ($blocker::varchar is null or (owed_status = 'blocked' and list_contains(blockers, $blocker))
        or (state = 'held' and list_contains(list_transform(holds, lambda one: 'hold.' || split_part(one, ':', 1)), $blocker)))
    and ($due::varchar is null or (state not in ('paid', 'void') and case $due
        when 'overdue' then is_overdue
        when 'unknown' then not is_overdue and due_on is null
        else not is_overdue and due_on >= $due_from and due_on < $due_before
    end))
    and (not $is_clawed_back or (kind = 'adjustment' and (amount < 0 or reason = 'write_off')))
    and ($currency::varchar is null or currency = $currency)
    and ($program::varchar is null or program = $program)
    and ($partner::varchar is null or partner = $partner)
    and ($period::date is null or period = $period)
    and ($lead::varchar is null or lead = $lead)
    and ($batch::varchar is null or id in (select line from batch_lines where batch = $batch))
order by state in ('paid', 'void'), if(state in ('paid', 'void'), null, due_on) nulls last, earned_on desc,
    recorded_at desc, id
limit $size offset $start
