-- What stands in the way of money: what is owed and blocked, with or without a known amount, what would be wired to an
-- account that nobody confirmed, and what is held. One row per program, blocker and currency; a payout with
-- two blockers counts under both.
with blocked as (
    select l.program, unnest(p.blockers) as blocker, p.currency, p.amount, p.lead, p.is_overdue
    from payouts_owed as p
    join leads as l on p.lead = l.id
    where p.status = 'blocked'
),

unconfirmed as (
    select program, unnest(blockers) as blocker, currency, amount, lead, is_overdue
    from lines
    where state = 'blocked' and list_contains(blockers, 'payee.account_confirmation')
),

held as (
    select
        program, unnest(list_distinct(list_transform(holds, lambda one: 'hold.' || split_part(one, ':', 1)))) as blocker,
        currency, amount, lead, is_overdue
    from lines
    where lead in (select lead from holds) and state = 'held'
),

together as (
    select * from blocked
    union all
    select * from unconfirmed
    union all
    select * from held
)

select
    program, blocker, currency, count(*) as payouts, count(*) - count(amount) as unknown_amounts,
    sum(amount) as amount, count(distinct lead) as leads, count(*) filter (where is_overdue) as overdue
from together
group by program, blocker, currency
order by program, blocker, currency
