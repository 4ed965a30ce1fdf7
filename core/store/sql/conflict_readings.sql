-- How people settled the cases of a program until an instant: for the earlier lead, the later, or both. One row per way.
with taken_back as (
    select id from voids where recorded_at <= $known_at
),

settled as (
    select
        case
            when s.winner is null then 'both'
            when (w.submitted_at, w.id) > (o.submitted_at, o.id) then 'later'
            else 'earlier'
        end as reading
    from conflict_settlements as s
    join conflict_cases as c on s.conflict_case = c.id
    join leads as l on c.lead = l.id
    left join leads as w on s.winner = w.id
    left join leads as o on if(s.winner = c.lead, c.other_lead, c.lead) = o.id
    where l.program = $program and s.recorded_at <= $known_at and s.id not in (select id from taken_back)
)

select reading, count(*) as cases from settled group by reading
