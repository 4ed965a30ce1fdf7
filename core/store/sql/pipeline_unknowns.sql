-- Which criteria of undecided leads are unknown most often, the closing act apart. One row per program and criterion.
with written as (
    select s.program, e.verdicts, count(*) as leads
    from scope as s
    join evaluations as e on e.lead = s.lead
    where s.is_chosen and s.disposition = 'pending'
    group by all
)

select c.program, c.id as criterion, c.label, c.decided_by, c.position, sum(w.leads)::bigint as leads
from written as w
join criteria as c
    on c.program = w.program and c.decided_by <> 'act' and substr(w.verdicts, c.position + 1, 1) = 'U'
group by all
order by leads desc, c.program, c.position
