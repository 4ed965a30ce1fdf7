-- What was said on a lead, each way: first and last instants. One row per lead with a message of its own.
-- A human reply by e-mail or phone counts from the first outreach on; what else the contact did is `other`.
with seen as (
    select
        s.no, s.submitted_at, e.type, e.happened_at, e.kind,
        e.happened_at <= s.cut_at as counts,
        (e.type = 'reply' and e.automated is not true)
        or e.type in ('engagement', 'requirements_received')
        or (e.type = 'discovery_call' and e.call_status = 'completed') as is_inbound,
        e.type = 'reply' and e.automated is not true and coalesce(e.channel, '') in ('email', 'phone') as is_direct
    from events as e
    join subject as s on e.lead = s.lead
    where e.type in (
            'outreach', 'reply', 'engagement', 'discovery_call', 'requirements_received', 'disengaged', 'email_bounce'
        )
        and e.happened_at <= s.as_of and e.recorded_at <= $known_at
        and s.program in (select program from asking)
),

gathered as (
    select
        no,
        min(happened_at) filter (where type = 'outreach' and counts) as outreach_first_at,
        max(happened_at) filter (where type = 'outreach' and counts) as outreach_last_at,
        min(happened_at) filter (where is_inbound and counts) as inbound_first_at,
        max(happened_at) filter (where is_inbound and counts) as inbound_last_at,
        min(happened_at) filter (where is_inbound and happened_at >= submitted_at) as engaged_first_at,
        list(happened_at) filter (where is_direct) as direct,
        min(happened_at) filter (where is_inbound and not is_direct) as indirect_at,
        max(happened_at) filter (where type = 'reply' and is_inbound and counts) as reply_last_at,
        min(happened_at) filter (where type = 'discovery_call' and is_inbound and counts) as call_completed_at,
        min(happened_at) filter (where type = 'requirements_received' and counts) as requirements_at,
        max(happened_at) filter (where type = 'disengaged' and counts) as declined_at,
        max(happened_at) filter (where type = 'disengaged') as declined_ever_at,
        max(happened_at) filter (where type = 'email_bounce' and kind = 'hard' and counts) as lead_bounced_at
    from seen
    group by no
)

select
    * exclude (direct, indirect_at),
    list_min(list_filter(direct, lambda x: x >= outreach_first_at)) as reply_counted_at,
    least(
        indirect_at, list_min(list_filter(direct, lambda x: coalesce(x < outreach_first_at, true)))
    ) as reply_other_at
from gathered
