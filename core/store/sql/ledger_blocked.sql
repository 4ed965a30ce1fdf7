-- What stands in the way of money: what is owed and blocked, with or without a known amount, what would be wired to an
-- account that nobody confirmed, and what is held. One row per program, blocker and currency; a payout with
-- two blockers counts under both.
with owed as (
    select lead, earned_by, blockers, currency, amount, is_overdue from payouts_owed where status = 'blocked'
),

-- what was booked once keeps its amount, though it could not be said now
booked as (
    select lead, earned_by, amount from earning_lines
    where kind <> 'adjustment' and lead in (select lead from owed where amount is null)
),

blocked as (
    select o.lead, unnest(o.blockers) as blocker, o.currency, coalesce(o.amount, b.amount) as amount, o.is_overdue
    from owed as o
    left join booked as b on o.lead = b.lead and o.earned_by = b.earned_by
),

waiting as (
    select
        program, currency, amount, lead, is_overdue,
        unnest(if(state = 'held', list_distinct(list_transform(holds, lambda one: 'hold.' || split_part(one, ':', 1))),
            blockers)) as blocker
    from kept_lines
    where state = 'held' or (state = 'blocked' and list_contains(blockers, 'payee.account_confirmation'))
),

together as (
    select l.program, b.blocker, b.currency, b.amount, b.lead, b.is_overdue
    from blocked as b
    join (from leads where id in (select lead from blocked)) as l on b.lead = l.id
    union all
    select program, blocker, currency, amount, lead, is_overdue from waiting
)

select
    program, blocker, currency, count(*) as payouts, count(*) - count(amount) as unknown_amounts,
    sum(amount) as amount, count(distinct lead) as leads, count(*) filter (where is_overdue) as overdue
from together
group by program, blocker, currency
order by program, blocker, currency
