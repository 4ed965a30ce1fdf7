-- What was said on a lead, each way, and for which of its instants each message counts (core/facts/wide.py).
-- One row per message. A human reply by e-mail or phone is `is_direct`: it counts from the first outreach on.
with said as (
    select
        s.no, s.submitted_at, e.happened_at, e.type, e.kind,
        e.happened_at <= s.cut_at as counts,
        (e.type = 'reply' and e.automated is not true)
        or e.type in ('engagement', 'requirements_received')
        or (e.type = 'discovery_call' and coalesce(e.call_status, '') = 'completed') as is_inbound,
        e.type = 'reply' and e.automated is not true and coalesce(e.channel, '') in ('email', 'phone') as is_direct
    from events as e
    join subject as s on e.lead = s.lead
    where e.type in (
            'outreach', 'reply', 'engagement', 'discovery_call', 'requirements_received', 'disengaged', 'email_bounce'
        )
        and e.happened_at <= s.as_of and e.recorded_at <= $known_at
        and s.program in (select program from asking)
)

select
    no, happened_at,
    type = 'outreach' and counts as is_outreach,
    is_inbound and counts as is_inbound,
    is_inbound and happened_at >= submitted_at as is_engaged,
    is_direct,
    is_inbound and not is_direct as is_indirect,
    type = 'reply' and is_inbound and counts as is_reply,
    type = 'discovery_call' and is_inbound and counts as is_call,
    type = 'requirements_received' and counts as is_requirements,
    type = 'disengaged' and counts as is_decline,
    type = 'disengaged' as is_late_decline,
    coalesce(type = 'email_bounce' and kind = 'hard' and counts, false) as is_bounce
from said
