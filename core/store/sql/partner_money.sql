-- Money of partners by currency, corrections taken off: to be paid, of that ready, blocked or held, and under way in a
-- batch; overdue; paid. One row per payee and currency. Sums are of the amounts that are known, as they are booked;
-- `unknown_...` counts payouts without one, of which no line is booked, so that none of them is under way.
with booked as (
    select
        partner, currency, amount, is_overdue and state not in ('paid', 'void') as is_overdue,
        case
            when state = 'open' then 'due' when state in ('blocked', 'held') then 'blocked'
            when state in ('in_batch', 'approved', 'exported') then 'under_way' else state
        end as part
    from kept_lines
    where ($partner::varchar is null or partner = $partner) and ($program::varchar is null or program = $program)
),

unbooked as (
    select
        o.payee as partner, o.currency, o.amount, o.is_overdue and o.status <> 'paid' as is_overdue,
        case o.status when 'payable' then 'due' else o.status end as part
    from payouts_owed as o
    join leads as l on o.lead = l.id
    anti join earning_lines as e on o.lead = e.lead and o.earned_by = e.earned_by
    where o.amount is null and o.status <> 'forfeited'
        and ($partner::varchar is null or o.payee = $partner) and ($program::varchar is null or l.program = $program)
),

together as (
    from booked
    union all
    from unbooked
)

select
    partner, currency,
    count(*) filter (part in ('due', 'blocked', 'under_way')) as owed_lines,
    count(*) filter (part = 'due') as due_lines,
    count(*) filter (part = 'blocked') as blocked_lines,
    count(*) filter (part = 'under_way') as under_way_lines,
    count(*) filter (part = 'paid') as paid_lines,
    count(*) filter (is_overdue) as overdue_lines,
    coalesce(sum(amount) filter (part in ('due', 'blocked', 'under_way')), 0)::decimal(18, 2) as owed,
    coalesce(sum(amount) filter (part = 'due'), 0)::decimal(18, 2) as due,
    coalesce(sum(amount) filter (part = 'blocked'), 0)::decimal(18, 2) as blocked,
    coalesce(sum(amount) filter (part = 'under_way'), 0)::decimal(18, 2) as under_way,
    coalesce(sum(amount) filter (part = 'paid'), 0)::decimal(18, 2) as paid,
    coalesce(sum(amount) filter (is_overdue), 0)::decimal(18, 2) as overdue,
    count(*) filter (part in ('due', 'blocked', 'under_way') and amount is null) as unknown_owed,
    count(*) filter (part = 'due' and amount is null) as unknown_due,
    count(*) filter (part = 'blocked' and amount is null) as unknown_blocked,
    count(*) filter (part = 'under_way' and amount is null) as unknown_under_way,
    count(*) filter (part = 'paid' and amount is null) as unknown_paid
from together
where part <> 'void'
group by partner, currency
order by partner, currency
