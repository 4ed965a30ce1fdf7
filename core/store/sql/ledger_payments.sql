-- The payments of a batch. One row per payee.
select
    b.payment, b.partner, coalesce(any_value(p.partner_name), b.partner) as partner_name,
    sum(b.amount) as amount, list(b.line order by b.line) as lines, any_value(b.payee_version) as payee_version,
    any_value(r.result) as result, any_value(r.paid_on) as paid_on, any_value(r.reason) as reason,
    any_value(r.reference) as reference, any_value(t.returned_on) as returned_on, any_value(t.reason) as returned_why
from batch_lines as b
left join partner_names as p on b.partner = p.partner
left join standing_results as r on b.payment = r.payment
left join standing_returns as t on b.payment = t.payment
where b.batch = $batch
group by b.payment, b.partner
order by b.payment
