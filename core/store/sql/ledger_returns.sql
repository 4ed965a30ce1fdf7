-- Payments of a line that came back, in order. One row per return.
select r.payment, r.batch, p.paid_on, r.returned_on, r.reason
from standing_returns as r
join standing_results as p on r.payment = p.payment
join batch_lines as b on r.payment = b.payment
where b.line = $line
order by r.recorded_at
