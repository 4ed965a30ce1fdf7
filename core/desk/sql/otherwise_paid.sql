-- Lines of a payment that stand in another batch, were paid without one, or were taken back (no state). One row per line,
-- those in a batch first.
select e.lead, l.batch, l.state
from batch_lines as b
join earning_lines as e on b.line = e.id
left join lines as l on b.line = l.id
where b.payment = $payment and (l.id is null or l.state in ('in_batch', 'approved', 'exported', 'paid'))
order by l.batch nulls last, e.lead
