-- What was decided about a lead, and paid for it: first and last instants. One row per lead with a decision.
with seen as (
    select
        s.no, s.submitted_at, s.submitted_on, e.type, e.happened_at, e.decision, e.reason, e.is_new, e.opened_on, e.kind, e.about,
        e.amount
    from events as e
    join subject as s on e.lead = s.lead
    where e.type in (
            'approved', 'accepted', 'rejected', 'confirmed', 'withdrawn', 'discretion', 'disassociated',
            'opportunity_created', 'payout_paid', 'abuse_finding', 'notice_sent', 'history_searched'
        )
        and e.happened_at <= s.as_of and e.recorded_at <= $known_at
        and s.program in (select program from asking)
)

select
    no,
    max(happened_at) filter (where type = 'approved') as approved_at,
    min(happened_at) filter (where type = 'accepted') as accepted_first_at,
    max(happened_at) filter (where type = 'accepted') as accepted_last_at,
    min(happened_at) filter (where type = 'rejected') as rejected_first_at,
    max(happened_at) filter (where type = 'rejected') as rejected_last_at,
    count(*) filter (where type = 'rejected' and trim(coalesce(reason, '')) <> '') > 0 as is_rejection_explained,
    min(happened_at) filter (where type = 'discretion' and decision = 'reject') as discretion_first_at,
    max(happened_at) filter (where type = 'discretion' and decision = 'reject') as discretion_last_at,
    min(happened_at) filter (where type = 'withdrawn') as withdrawn_at,
    max(happened_at) filter (where type = 'disassociated') as disassociated_at,
    min(happened_at) filter (where type = 'confirmed') as confirmed_at,
    min(happened_at) filter (where type = 'payout_paid') as paid_first_at,
    max(happened_at) filter (where type = 'payout_paid') as paid_last_at,
    count(*) filter (where type = 'payout_paid') as payouts_paid,
    sum(amount) filter (where type = 'payout_paid') as amount_paid,
    min(happened_at) filter (
        where type = 'opportunity_created' and is_new and coalesce(opened_on >= submitted_on, happened_at >= submitted_at)
    ) as opportunity_at,
    min(happened_at) filter (
        where type = 'opportunity_created'
            and (is_new = false or coalesce(opened_on < submitted_on, happened_at < submitted_at))
    ) as old_opportunity_at,
    min(opened_on) filter (where type = 'opportunity_created') as opportunity_opened_on,
    min(happened_at) filter (where type = 'abuse_finding' and kind in ('false_lead', 'abuse')) as abuse_found_at,
    max(happened_at) filter (where type = 'notice_sent' and about = 'payout') as payout_notice_at,
    max(happened_at) filter (where type = 'notice_sent' and about = 'rejection') as rejection_notice_at,
    max(happened_at) filter (where type = 'history_searched') as history_searched_at
from seen
group by no
