-- How leads were decided when months of a program were closed (null: the journal does not tell). One row per closing and
-- lead, in order.
with decided as (
    select c.lead, j.recorded_at, c.disposition
    from journal_leads as c
    join journal as j on c.number = j.number
    where c.lead in (select unnest($leads::varchar[]))
),

asked as (
    select p.next_period, p.recorded_at, unnest($leads::varchar[]) as lead from period_closings as p
    where p.program = $program
)

select a.lead, a.next_period, a.recorded_at, d.disposition
from asked as a
asof left join decided as d on a.lead = d.lead and a.recorded_at >= d.recorded_at
order by a.next_period
