-- Lines that were paid and are in question: no longer owed, or their customer was refunded or their lead disqualified
-- since. Nothing happens by itself; a person may take money back. One row per line that no correction answers yet.
select
    l.*, coalesce(p.partner_name, l.partner) as partner_name,
    coalesce(list_intersect(e.flags, ['refund_review', 'paid_then_disqualified']), []) as flags
from lines as l
left join evaluations as e on l.lead = e.lead
left join partner_names as p on l.partner = p.partner
where l.state = 'paid' and l.kind <> 'adjustment'
    and (l.owed_status is distinct from 'paid' or list_has_any(e.flags, ['refund_review', 'paid_then_disqualified']))
    and l.id not in (
        select corrects from earning_lines where corrects is not null and id not in (select id from voids)
    )
order by l.earned_on desc, l.id
