-- When a lead was last approved and last paid: after that a program may stop testing it. One row per such lead.
select
    lead,
    max(happened_at) filter (where type = 'approved') as "final.approved",
    max(happened_at) filter (where type = 'payout_paid') as "final.payout_paid"
from events
where type in ('approved', 'payout_paid') and happened_at <= $as_of and recorded_at <= $known_at and lead is not null
group by lead
