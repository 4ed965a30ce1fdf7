-- What can be put into a batch now. One row per program, method and currency.
select program, method, currency, count(*) as lines, sum(amount) as amount, min(due_on) as first_due_on
from lines
where state = 'open' and kind <> 'adjustment'
group by program, method, currency
order by first_due_on nulls last, program, method, currency
