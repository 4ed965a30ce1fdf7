-- What a lead earned by an event, as kept, and the amount that was booked. One row or none.
select p.payee, coalesce(e.amount, p.amount) as amount, p.currency, p.method, p.status, p.blockers
from payouts_owed as p
left join earning_lines as e on p.lead = e.lead and p.earned_by = e.earned_by and e.kind <> 'adjustment'
where p.lead = $lead and p.earned_by = $earned_by
