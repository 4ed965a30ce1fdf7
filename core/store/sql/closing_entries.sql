-- What was fixed when months were closed. One row per line, part and closing.
select c.line, l.lead, c.program, l.partner, l.currency, c.part, c.amount, c.happened_on, c.period
from closing_entries as c
join earning_lines as l on c.line = l.id
where ($program::varchar is null or c.program = $program) and ($partner::varchar is null or l.partner = $partner)
