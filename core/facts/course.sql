-- The course of a lead: first and last instants of what happened on it. One row per lead with an event of its own.
-- Decisions count up to the moment of evaluation, everything else up to `cut_at`.
with seen as (
    select
        s.no, s.submitted_at, s.submitted_on, s.cut_at, e.type, e.happened_at, e.channel, e.automated, e.call_status, e.decision,
        e.reason, e.is_new, e.opened_on, e.kind, e.descriptive, e.about, e.amount,
        e.happened_at <= s.cut_at as counts,
        (e.type = 'reply' and e.automated is not true)
        or e.type in ('engagement', 'requirements_received')
        or (e.type = 'discovery_call' and e.call_status = 'completed') as is_inbound
    from events as e
    join subject as s on e.lead = s.lead
    where e.happened_at <= s.as_of and e.recorded_at <= $known_at
),

first_outreach as (
    select no, min(happened_at) as outreach_first_at from seen where type = 'outreach' and counts group by no
),

timed as (
    select seen.*, outreach_first_at
    from seen
    left join first_outreach using (no)
)

select
    no,
    min(outreach_first_at) as outreach_first_at,
    max(happened_at) filter (where type = 'outreach' and counts) as outreach_last_at,
    min(happened_at) filter (where is_inbound and counts) as inbound_first_at,
    max(happened_at) filter (where is_inbound and counts) as inbound_last_at,
    min(happened_at) filter (where is_inbound and happened_at >= submitted_at) as engaged_first_at,
    min(happened_at) filter (
        where type = 'reply' and is_inbound and channel in ('email', 'phone') and happened_at >= outreach_first_at
    ) as reply_counted_at,
    min(happened_at) filter (
        where is_inbound and not (
            type = 'reply' and coalesce(channel, '') in ('email', 'phone')
            and coalesce(happened_at >= outreach_first_at, false)
        )
    ) as reply_other_at,
    max(happened_at) filter (where type = 'reply' and is_inbound and counts) as reply_last_at,
    min(happened_at) filter (
        where type = 'discovery_call' and call_status = 'completed' and counts
    ) as call_completed_at,
    min(happened_at) filter (where type = 'requirements_received' and counts) as requirements_at,
    max(happened_at) filter (where type = 'disengaged' and counts) as declined_at,
    max(happened_at) filter (where type = 'disengaged') as declined_ever_at,
    max(happened_at) filter (where type = 'email_bounce' and kind = 'hard' and counts) as lead_bounced_at,
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
        where type = 'opportunity_created' and is_new and (opened_on is null or opened_on >= submitted_on)
    ) as opportunity_at,
    min(happened_at) filter (
        where type = 'opportunity_created' and (is_new = false or opened_on < submitted_on)
    ) as old_opportunity_at,
    min(opened_on) filter (where type = 'opportunity_created') as opportunity_opened_on,
    min(happened_at) filter (
        where type = 'abuse_finding' and kind in ('false_lead', 'abuse')
    ) as abuse_found_at,
    max(happened_at) filter (where type = 'notice_sent' and about = 'payout') as payout_notice_at,
    max(happened_at) filter (where type = 'notice_sent' and about = 'rejection') as rejection_notice_at,
    max(happened_at) filter (where type = 'source_contacted') as source_contacted_at,
    max(happened_at) filter (where type = 'update_requested') as update_requested_at,
    max(happened_at) filter (where type = 'update_provided') as update_provided_at,
    max(happened_at) filter (where type = 'update_provided' and descriptive = 'yes') as update_described_at,
    arg_max(descriptive, happened_at) filter (where type = 'update_provided') as update_descriptive,
    max(happened_at) filter (where type = 'history_searched') as history_searched_at
from timed
group by no
