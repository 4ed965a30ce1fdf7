-- Payments recorded as paid or failed, also where they came back, that given lines stand in: what failed may turn out to
-- have arrived. One row per line and payment.
select b.line, b.payment, r.result
from batch_lines as b join standing_results as r on b.payment = r.payment
where b.line in (select unnest($ids::varchar[]))
order by b.payment, b.line
