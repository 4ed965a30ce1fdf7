-- The lines of given payments, and what each earned. One row per line.
select b.id as batch_line, b.payment, e.id as line, e.lead, e.earned_by, e.kind, e.amount, e.currency
from batch_lines as b join earning_lines as e on b.line = e.id
where b.payment in (select unnest($payments::varchar[]))
order by b.payment, e.id
