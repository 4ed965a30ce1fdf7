-- What partners were paid in a program between two instants, the second left out. One row per partner and currency.
select l.partner, e.currency, sum(e.amount) as paid, count(*) as payments
from events as e
join leads as l on e.lead = l.id
where e.type = 'payout_paid' and e.amount is not null and l.program = $program
    and e.happened_at >= $begins and e.happened_at < $ends and e.id not in (select id from voids)
group by l.partner, e.currency
order by l.partner, e.currency
