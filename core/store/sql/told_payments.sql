-- Lines that an event alone says were paid, or said so when a month was closed. One row per line.
-- amount: by that event; fixed: by the months that are closed.
with fixed as (
    select c.line, l.lead, c.program, l.partner, l.currency, l.period, sum(c.amount) as amount
    from closing_entries as c
    join earning_lines as l on c.line = l.id
    where c.part = 'told'
        and ($program::varchar is null or c.program = $program) and ($partner::varchar is null or l.partner = $partner)
    group by all
),

told as (
    select l.id as line, l.lead, l.program, l.partner, l.currency, l.period, t.paid_at, l.amount
    from told_lines as t
    join earning_lines as l on t.id = l.id
    where ($program::varchar is null or l.program = $program) and ($partner::varchar is null or l.partner = $partner)
)

select
    line, lead, program, partner, currency, period as booked_in, t.paid_at as happened_at,
    coalesce(t.amount, 0)::decimal(18, 2) as amount, coalesce(f.amount, 0)::decimal(18, 2) as fixed
from told as t
full join fixed as f using (line, lead, program, partner, currency, period)
