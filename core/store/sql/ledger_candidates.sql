-- Lines that a batch could pay: open ones of its method, and with them the corrections of the same payees.
-- One row per line.
with found as (
    select id, lead, earned_by, partner, kind, amount, method, earned_on, due_on, is_overdue
    from lines
    where program = $program and currency = $currency and state = 'open' and earned_on <= $cut_off_on
        and id not in (select unnest($leave_out::varchar[]))
),

earned as (
    select * from found where kind <> 'adjustment' and method = $method
),

corrections as (
    select * from found
    where kind = 'adjustment' and (coalesce(method, $method) = $method or partner in (select partner from earned))
)

select * from earned
union all
select * from corrections
order by partner, earned_on, lead, id
