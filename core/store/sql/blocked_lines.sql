-- Payout lines that are blocked, by cause. One row per cause.
with causes as (
    select unnest(blockers) as cause from payouts_owed where status = 'blocked'
)

select cause, count(*) as lines from causes group by cause
