-- The last entry that made a sample which is not cleared away again. One row or none.
select number, recorded_at, totals
from journal
where action = 'make_sample'
    and number > coalesce((select max(number) from journal where action = 'clear_sample'), 0)
order by number desc
limit 1
