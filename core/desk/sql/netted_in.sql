-- Payments recorded as paid, also where they came back, that given lines stand in. One row per line and payment.
select b.line, b.payment
from batch_lines as b join payment_results as r on b.payment = r.payment
where r.result = 'paid' and b.line in (select unnest($ids::varchar[]))
order by b.payment, b.line
