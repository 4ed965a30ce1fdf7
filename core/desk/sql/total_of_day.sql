-- What was prepared or approved in a program and currency on one local day, with a given batch, and what was approved
-- outside a batch, as earlier versions did. What was dropped does not count; what failed or came back does. One row.
with counted as (
    select id from batches
    where program = $program and currency = $currency and (
        id = $batch or prepared_on = $prepared_on or id in (
            select batch from batch_steps
            where step in ('approved', 'second_approved') and recorded_at >= $begins_at and recorded_at < $ends_at
        )
    )
),

amounts as (
    select amount from batch_lines
    where batch in (select id from counted) and batch not in (select batch from batch_steps where step = 'dropped')
    union all
    select a.amount
    from payout_approvals as a join leads as l on a.lead = l.id
    where l.program = $program and a.currency = $currency and a.recorded_at >= $begins_at and a.recorded_at < $ends_at
        and a.id not in (select id from voids)
)

select coalesce(sum(amount), 0)::decimal(18, 2) as total from amounts
