-- What was booked, by month. One row per program, month and currency.
select program, period, currency, count(*) as lines, sum(amount) as booked
from lines
group by program, period, currency
