-- What can be put into a batch now, corrections taken off or added; what is only to be taken back is not among it. One row
-- per program, method and currency.
select program, method, currency, count(*) as lines, sum(amount) as amount, min(due_on) as first_due_on
from kept_lines
where state = 'open' and method is not null
group by program, method, currency
having bool_or(kind <> 'adjustment') or sum(amount) > 0
order by first_due_on nulls last, program, method, currency
