-- What is owed, can be paid, is overdue, blocked, held, under way and paid. One row per currency.
with found as (
    select * from lines where ($program::varchar is null or program = $program)
)

select
    currency,
    count(*) filter (where state not in ('paid', 'void')) as owed,
    coalesce(sum(amount) filter (where state not in ('paid', 'void')), 0) as owed_amount,
    count(*) filter (where state = 'open') as ready,
    coalesce(sum(amount) filter (where state = 'open'), 0) as ready_amount,
    count(*) filter (where state not in ('paid', 'void') and is_overdue) as overdue,
    coalesce(sum(amount) filter (where state not in ('paid', 'void') and is_overdue), 0) as overdue_amount,
    count(*) filter (where state in ('blocked', 'held')) as blocked,
    coalesce(sum(amount) filter (where state in ('blocked', 'held')), 0) as blocked_amount,
    count(*) filter (where state in ('in_batch', 'approved', 'exported')) as under_way,
    coalesce(sum(amount) filter (where state in ('in_batch', 'approved', 'exported')), 0) as under_way_amount,
    count(*) filter (where state = 'paid') as paid,
    coalesce(sum(amount) filter (where state = 'paid'), 0) as paid_amount
from found
group by currency
order by count(*) desc, currency
