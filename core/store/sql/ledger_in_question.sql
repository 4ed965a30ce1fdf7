-- Lines that were paid and are in question: no longer owed, or their customer was refunded or their lead disqualified
-- since. Nothing happens by itself; a person may take money back. One row per line that no correction answers yet.
with flagged as (
    select lead, list_intersect(flags, ['refund_review', 'paid_then_disqualified']) as flags from evaluations
    where list_has_any(flags, ['refund_review', 'paid_then_disqualified'])
)

select l.*, coalesce(p.partner_name, l.partner) as partner_name, coalesce(f.flags, []) as flags
from lines as l
left join flagged as f on l.lead = f.lead
left join partner_names as p on l.partner = p.partner
where l.state = 'paid' and l.kind <> 'adjustment' and (l.owed_status is distinct from 'paid' or f.lead is not null)
    and l.id not in (
        select corrects from earning_lines where corrects is not null and id not in (select id from voids)
    )
order by l.earned_on desc, l.id
