-- What a partner earned in a program and what it counts as. One row per line, in order.
select
    id, lead, kind, amount, currency, clause, rate, base_amount, earned_on, period, reason, state, blockers, paid_on
from kept_lines
where partner = $partner and program = $program
order by earned_on, lead, recorded_at, id
