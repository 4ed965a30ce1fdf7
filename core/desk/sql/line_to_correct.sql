-- A line that a lead earned, with the sum of its corrections, and what of them is still to be taken back. One row or none.
with own as (
    select amount, reason, state from lines where corrects = $line
)

select
    l.*,
    (select coalesce(sum(amount), 0)::decimal(18, 2) from own) as corrected,
    (
        select coalesce(-sum(amount), 0)::decimal(18, 2) from own
        where state in ('open', 'blocked', 'held') and (amount < 0 or reason = 'write_off')
    ) as to_take_back
from lines as l
where l.id = $line and l.lead = $lead and l.kind <> 'adjustment'
