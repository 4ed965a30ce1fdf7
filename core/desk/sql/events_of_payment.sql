-- The events by which the leads of a payment are known to be paid for. One row per line that was earned.
select p.id, e.lead
from batch_lines as b
join earning_lines as e on b.line = e.id and e.kind <> 'adjustment'
join places as p on p.key = 'paid/' || e.lead || '/' || e.earned_by
where b.payment = $payment
order by p.id
