-- What given leads are owed that is paid, stands in a batch or was approved outside one by an earlier version. One row per
-- line.
select e.lead, e.earned_by, v.disposition = 'qualified' as is_qualified
from earning_lines as e
join payouts_owed as p on e.lead = p.lead and e.earned_by = p.earned_by
join evaluations as v on e.lead = v.lead
where e.lead in ($leads) and e.kind <> 'adjustment' and p.status <> 'forfeited'
    and (
        p.status = 'paid'
        or e.id in (select line from live_batch_lines)
        or (e.lead, e.earned_by) in (
            select (lead, earned_by) from payout_approvals where id not in (select id from voids)
        )
    )
order by e.lead, e.earned_by
