-- When what decides and pays happened to each lead, until an instant, but for what was taken back. One row per lead.
create temp table happened as
select
    lead,
    min(happened_at) filter (type in ('accepted', 'approved')) as taken_at,
    min(happened_at) filter (type in ('accepted', 'approved', 'confirmed', 'rejected', 'withdrawn')) as answered_at,
    min(happened_at) filter (type = 'accepted') as accepted_at,
    min(happened_at) filter (type in ('approved', 'confirmed', 'customer_payment')) as earned_at,
    max(happened_at) filter (type in ('rejected', 'withdrawn', 'disassociated')) as refused_at,
    min(happened_at) filter (type = 'payout_paid') as paid_at
from events
where type in ('accepted', 'approved', 'confirmed', 'customer_payment', 'rejected', 'withdrawn', 'disassociated',
        'payout_paid')
    and happened_at <= $as_of and lead is not null and id not in (select id from voids)
group by lead
