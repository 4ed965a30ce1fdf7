-- Lines that an event alone says were paid, or said so when a month was closed. One row per line.
-- amount: by that event; fixed: by the months that are closed.
with fixed as (
    select line, sum(amount) as amount from closing_entries where part = 'told' group by line
)

select
    l.id as line, l.lead, l.program, l.partner, l.currency, l.period as booked_in, t.paid_at as happened_at,
    if(t.line is null, 0, l.amount)::decimal(18, 2) as amount, coalesce(f.amount, 0)::decimal(18, 2) as fixed
from earning_lines as l
left join told_payments as t on l.id = t.line
left join fixed as f on l.id = f.line
where (t.line is not null or f.line is not null)
    and ($program::varchar is null or l.program = $program) and ($partner::varchar is null or l.partner = $partner)
