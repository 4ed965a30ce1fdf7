-- How the clocks of the leads stand; at risk: it ends within a few days. One row per clock, standing and `is_chosen`.
with days as (
    select unnest($age_programs::varchar[]) as program, unnest($at_risk_until::date[]) as at_risk_until
)

select
    c.clock, s.is_chosen, count(*) as leads,
    case
        when c.state = 'met' then 'met'
        when c.state in ('missed', 'lapsed') then 'late'
        when c.due_on <= d.at_risk_until then 'at risk'
        else 'running'
    end as standing
from clocks as c
join scope as s on s.lead = c.lead
join days as d on d.program = s.program
group by all
