-- What was prepared in batches or approved singly in a program and currency on one local day. One row.
with amounts as (
    select l.amount
    from live_batch_lines as l join batches as b on l.batch = b.id
    where b.program = $program and b.currency = $currency and b.prepared_on = $prepared_on
    union all
    select a.amount
    from payout_approvals as a join leads as l on a.lead = l.id
    where l.program = $program and a.currency = $currency and a.recorded_at >= $begins_at and a.recorded_at < $ends_at
        and a.id not in (select id from voids)
)

select coalesce(sum(amount), 0)::decimal(18, 2) as total from amounts
