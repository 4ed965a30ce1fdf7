-- What the partner was asked and told about a lead: last instants. One row per lead with any of it.
select
    s.no,
    max(e.happened_at) filter (where e.type = 'source_contacted') as source_contacted_at,
    max(e.happened_at) filter (where e.type = 'update_requested') as update_requested_at,
    max(e.happened_at) filter (where e.type = 'update_provided') as update_provided_at,
    max(e.happened_at) filter (where e.type = 'update_provided' and e.descriptive = 'yes') as update_described_at,
    arg_max(e.descriptive, (e.happened_at, e.id)) filter (where e.type = 'update_provided') as update_descriptive
from events as e
join subject as s on e.lead = s.lead
where e.type in ('source_contacted', 'update_requested', 'update_provided')
    and e.happened_at <= s.as_of and e.recorded_at <= $known_at
    and s.program in (select program from asking)
group by s.no
