-- Sums of lines by state, program, partner or month. One row per value and currency.
with found as (
    select
        currency, amount,
        case $by
            when 'state' then state when 'program' then program when 'partner' then partner else period::varchar
        end as value
    from kept_lines
    where ($states::varchar[] is null or list_contains($states, state))
        and (not $is_overdue or (is_overdue and state not in ('paid', 'void')))
        and ($blocker::varchar is null or (owed_status = 'blocked' and list_contains(blockers, $blocker))
            or (state = 'held' and list_contains(list_transform(holds, lambda one: 'hold.' || split_part(one, ':', 1)), $blocker)))
        and ($currency::varchar is null or currency = $currency)
        and ($program::varchar is null or program = $program)
        and ($partner::varchar is null or partner = $partner)
        and ($period::date is null or period = $period)
)

select
    f.value, coalesce(any_value(p.partner_name), f.value) as name, f.currency, count(*) as lines, sum(f.amount) as amount
from found as f
left join partner_names as p on $by = 'partner' and f.value = p.partner
group by f.value, f.currency
order by f.value, f.currency
