-- Payouts that are earned and not paid. One row per status and currency; the sum of no known amount is null.
select
    status, currency, count(*) as payouts, count(*) filter (is_overdue) as overdue,
    count(*) filter (amount is null) as unknown, sum(amount)::decimal(18, 2) as amount
from payouts_owed
where status in ('payable', 'blocked')
group by status, currency
order by payouts desc, currency
