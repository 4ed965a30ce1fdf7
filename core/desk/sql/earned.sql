-- When given leads earned, and on what. One row per customer payment, and one per lead that was rewarded: by its latest
-- approval or confirmation, else by the first payment to its partner, else when it came in.
with wanted as (
    select id as lead, program, submitted_at from leads where id in ($leads)
),

told as (
    select w.lead, w.program, w.submitted_at, e.id, e.type, coalesce(e.occurred_at, e.happened_at) as happened_at,
        e.subscription_amount,
        coalesce(e.total_amount, e.subscription_amount + coalesce(e.other_amount, 0)) as total_amount
    from wanted as w
    left join events as e on w.lead = e.lead and e.type in ('customer_payment', 'approved', 'confirmed', 'payout_paid')
        and e.happened_at <= $as_of and e.id not in (select id from voids)
),

rewarded as (
    select
        lead, program, submitted_at,
        coalesce(
            max(happened_at) filter (where type in ('approved', 'confirmed')),
            min(happened_at) filter (where type = 'payout_paid'), submitted_at
        ) as earned_at
    from told
    group by lead, program, submitted_at
)

select lead, program, submitted_at, id as earned_by, happened_at as earned_at, subscription_amount, total_amount
from told where type = 'customer_payment'
union all
select lead, program, submitted_at, lead, earned_at, null, null from rewarded
