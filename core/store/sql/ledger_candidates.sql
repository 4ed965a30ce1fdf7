-- Lines that a batch could pay: open ones of its method, and with them the corrections of the same payees, each with its
-- line or once that is paid. What is taken off or let go counts whatever the cut-off. One row per line.
with found as (
    select id, lead, earned_by, partner, kind, amount, method, earned_on, due_on, is_overdue, corrects
    from kept_lines
    where program = $program and currency = $currency and state = 'open'
        and (earned_on <= $cut_off_on or (kind = 'adjustment' and (amount < 0 or reason = 'write_off')))
        and id not in (select unnest($leave_out::varchar[]))
),

earned as (
    select * from found where kind <> 'adjustment' and method = $method
),

corrections as (
    select * from found
    where kind = 'adjustment' and partner in (select partner from found where coalesce(method, $method) = $method)
        and (
            corrects in (select id from earned)
            or corrects in (select id from kept_lines where program = $program and state = 'paid' and kind <> 'adjustment')
        )
),

together as (
    select * from earned
    union all
    select * from corrections
)

select * exclude (corrects) from together
order by partner, earned_on, lead, id
