-- Lines that are no longer owed and stand in no batch that was paid, or were so when a month was closed. One row per line.
-- amount: what the line adds to itself now, unless an event tells that it was paid (told_payments.sql); fixed: in the
-- months that are closed. happened_at: when its lead was last decided otherwise, as far as the journal tells.
with fixed as (
    select line, sum(amount) as amount from closing_entries where part = 'owed' group by line
),

found as (
    select
        l.id as line, l.lead, l.program, l.partner, l.currency, l.period as booked_in,
        if(l.state = 'void', -l.amount, 0)::decimal(18, 2) as amount,
        coalesce(f.amount, 0)::decimal(18, 2) as fixed
    from kept_lines as l
    left join fixed as f on l.id = f.line
    where (l.state = 'void' or f.line is not null)
        and ($program::varchar is null or l.program = $program) and ($partner::varchar is null or l.partner = $partner)
),

decided as (
    select c.lead, max(j.recorded_at) as happened_at
    from journal_leads as c
    join journal as j on c.number = j.number
    where c.lead in (select lead from found) and c.disposition_before <> c.disposition and j.recorded_at <= $as_of
    group by c.lead
)

select f.*, d.happened_at
from found as f
left join decided as d on f.lead = d.lead
