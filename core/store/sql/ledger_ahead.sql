-- What will have to be paid, by the day on which it falls due; null: no day is known.
-- One row per program, day and currency.
select program, due_on, currency, is_overdue, count(*) as lines, sum(amount) as amount
from kept_lines
where state not in ('paid', 'void')
group by program, due_on, currency, is_overdue
order by due_on nulls last, program, currency
