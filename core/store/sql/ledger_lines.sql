-- Earning lines as they count now: what is not paid by due day, then the latest. One row per line of the page.
with found as (
    select * from lines
    where ($states::varchar[] is null or list_contains($states, state))
        and (not $is_overdue or (is_overdue and state not in ('paid', 'void')))
        and ($blocker::varchar is null or (state = 'blocked' and list_contains(blockers, $blocker)))
        and ($currency::varchar is null or currency = $currency)
        and ($program::varchar is null or program = $program)
        and ($partner::varchar is null or partner = $partner)
        and ($period::date is null or period = $period)
        and ($lead::varchar is null or lead = $lead)
        and ($batch::varchar is null or batch = $batch)
    order by state in ('paid', 'void'), if(state in ('paid', 'void'), null, due_on) nulls last, earned_on desc,
        recorded_at desc, id
    limit $size offset $start
)

select
    f.*, coalesce(p.partner_name, f.partner) as partner_name,
    f.kind <> 'adjustment' and f.computed_amount is distinct from f.amount as is_computed_otherwise
from found as f
left join partner_names as p on f.partner = p.partner
order by f.state in ('paid', 'void'), if(f.state in ('paid', 'void'), null, f.due_on) nulls last, f.earned_on desc,
    f.recorded_at desc, f.id
