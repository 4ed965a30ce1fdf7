-- What was said, either way, on leads that share a person, an organization or a group with something else.
-- One row per message.
select s.no, e.happened_at, e.id as event
from events as e
join subject as s on e.lead = s.lead
where s.is_met and e.happened_at >= s.submitted_at and e.happened_at <= $as_of and e.recorded_at <= $known_at
    and (
        e.type in ('outreach', 'engagement', 'requirements_received')
        or (e.type = 'reply' and e.automated is not true)
        or (e.type = 'discovery_call' and e.call_status = 'completed')
    )
