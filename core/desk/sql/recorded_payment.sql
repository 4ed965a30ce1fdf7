-- A payment of a batch with what became of it, as it counts now, and with its return where one stands. One row or none.
select
    r.payment, r.batch, b.program, b.currency, r.result, r.paid_on,
    (select sum(amount) from batch_lines where payment = r.payment) as amount,
    t.id as returned, t.period as returned_in
from standing_results as r
join batches as b on r.batch = b.id
left join standing_returns as t on r.payment = t.payment
where r.payment = $payment
