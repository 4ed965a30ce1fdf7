-- What stands in the way of money: what is owed and blocked, with or without a known amount, what would be wired to an
-- account that nobody confirmed, and what is held. One row per program, blocker and currency; a payout with
-- two blockers counts under both.
with blocked as (
    select lead, unnest(blockers) as blocker, currency, amount, is_overdue from payouts_owed where status = 'blocked'
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
