-- Deals won on leads of programs in which a lead is owned. One row per deal.
select s.no, e.happened_at as won_at
from events as e
join subject as s on e.lead = s.lead
where e.type = 'deal_won' and e.happened_at <= s.as_of and e.recorded_at <= $known_at
    and s.program in (select program from asking)
