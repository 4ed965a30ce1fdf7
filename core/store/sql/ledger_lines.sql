-- Earning lines as they count now, the latest first. One row per line of the page.
with found as (
    select * from lines
    where ($state::varchar is null or state = $state)
        and ($program::varchar is null or program = $program)
        and ($partner::varchar is null or partner = $partner)
        and ($period::date is null or period = $period)
        and ($lead::varchar is null or lead = $lead)
        and ($batch::varchar is null or batch = $batch)
    order by earned_on desc, recorded_at desc, id
    limit $size offset $start
)

select
    f.*, coalesce(p.partner_name, f.partner) as partner_name,
    f.kind <> 'adjustment' and f.computed_amount is distinct from f.amount as is_computed_otherwise
from found as f
left join partner_names as p on f.partner = p.partner
order by f.earned_on desc, f.recorded_at desc, f.id
