-- Approvals and payments of leads: after such an event a program may stop testing them. One row per event.
select lead, type, happened_at
from events
where type in ('approved', 'payout_paid') and happened_at <= $as_of and recorded_at <= $known_at and lead is not null
