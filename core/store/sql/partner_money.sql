-- Money of partners by currency: to be paid, of that overdue, blocked, paid. One row per payee and currency.
-- Sums are of the amounts that are known; `unknown_...` counts the lines without one.
select
    o.payee as partner, o.currency,
    count(*) filter (status in ('payable', 'blocked')) as owed_lines,
    count(*) filter (status = 'payable') as due_lines,
    count(*) filter (status = 'blocked') as blocked_lines,
    count(*) filter (status = 'paid') as paid_lines,
    count(*) filter (status in ('payable', 'blocked') and is_overdue) as overdue_lines,
    coalesce(sum(amount) filter (status = 'payable'), 0)::decimal(18, 2) as due,
    coalesce(sum(amount) filter (status = 'blocked'), 0)::decimal(18, 2) as blocked,
    coalesce(sum(amount) filter (status = 'paid'), 0)::decimal(18, 2) as paid,
    coalesce(sum(amount) filter (status in ('payable', 'blocked') and is_overdue), 0)::decimal(18, 2) as overdue,
    count(*) filter (status in ('payable', 'blocked') and amount is null) as unknown_owed,
    count(*) filter (status = 'payable' and amount is null) as unknown_due,
    count(*) filter (status = 'blocked' and amount is null) as unknown_blocked,
    count(*) filter (status = 'paid' and amount is null) as unknown_paid
from payouts_owed as o
join leads as l on o.lead = l.id
where ($partner::varchar is null or o.payee = $partner) and ($program::varchar is null or l.program = $program)
group by o.payee, o.currency
order by o.payee, o.currency
