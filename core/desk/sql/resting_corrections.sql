-- Lines whose other corrections could not be without given ones: they take back more than is left, or let go what nothing
-- takes back. One row per line.
with others as (
    select corrects, amount, reason, state from lines
    where kind = 'adjustment' and id not in (select unnest($ids::varchar[]))
        and corrects in (select corrects from earning_lines where id in (select unnest($ids::varchar[])))
)

select e.id
from earning_lines as e join others as o on e.id = o.corrects
group by e.id, e.amount
having e.amount + sum(o.amount) < 0
    or sum(o.amount) filter (
        where o.state in ('open', 'blocked', 'held') and (o.amount < 0 or o.reason = 'write_off')
    ) > 0
order by e.id
