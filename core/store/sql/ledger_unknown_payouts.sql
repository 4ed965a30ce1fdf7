-- Payouts of a program and currency that something blocks, of an amount that nobody can say yet. One row per payout.
select p.lead, p.earned_by, p.payee as partner, coalesce(n.partner_name, p.payee) as partner_name, p.due_on, p.is_overdue
from payouts_owed as p
join leads as l on p.lead = l.id
left join partner_names as n on p.payee = n.partner
anti join earning_lines as e on p.lead = e.lead and p.earned_by = e.earned_by
where p.status = 'blocked' and p.amount is null and list_contains(p.blockers, $blocker) and l.program = $program
    and p.currency = $currency
order by p.due_on nulls last, p.lead, p.earned_by
