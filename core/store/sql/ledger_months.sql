-- What was booked and what was paid, by month. One row per program, month and currency.
with closed as (
    select program, max(next_period) as opens_on from period_closings group by program
),

booked as (
    select program, period, currency, count(*) as lines, sum(amount) as booked, 0::decimal(38, 2) as paid
    from lines group by program, period, currency
),

moved as (
    select batch, payment, period, 1 as sign from payment_results where result = 'paid'
    union all
    select batch, payment, period, -1 from standing_returns
),

paid as (
    select b.program, m.period, b.currency, 0 as lines, 0::decimal(38, 2) as booked, sum(m.sign * l.amount) as paid
    from moved as m
    join batches as b on m.batch = b.id
    join batch_lines as l on m.payment = l.payment
    group by b.program, m.period, b.currency
),

together as (
    select * from booked
    union all
    select * from paid
)

select
    t.program, t.period, t.currency, sum(t.lines)::bigint as lines, sum(t.booked) as booked, sum(t.paid) as paid,
    coalesce(any_value(c.opens_on) > t.period, false) as is_closed
from together as t
left join closed as c on t.program = c.program
group by t.program, t.period, t.currency
order by t.period desc, t.program, t.currency
