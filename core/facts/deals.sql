-- The first deal won on a lead. One row per lead with one.
select s.no, min(e.happened_at) as won_at
from events as e
join subject as s on e.lead = s.lead
where e.type = 'deal_won' and e.happened_at <= s.as_of and e.recorded_at <= $known_at
group by s.no
