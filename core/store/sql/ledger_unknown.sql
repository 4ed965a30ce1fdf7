-- What is owed of an amount that nobody can say yet, so that no line is booked for it. One row.
select count(*) as payouts
from payouts_owed as p anti join earning_lines as e on p.lead = e.lead and p.earned_by = e.earned_by
where p.status = 'blocked' and p.amount is null
