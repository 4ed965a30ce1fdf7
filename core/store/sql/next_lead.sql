-- The next undecided lead of some programs that nobody else works on or has open and that is not set aside: after a given one in
-- the order of the queue, else the first. One row or none.
with days as (
    select unnest($programs::varchar[]) as program, unnest($todays::date[]) as today
),

free as (
    select e.lead, coalesce(e.due_on, date '9999-12-31') as due_on
    from evaluations as e
    join days on days.program = e.program
    left join working on working.lead = e.lead
    left join resting on resting.lead = e.lead
    where e.disposition = 'pending' and e.lead is distinct from $after
        and coalesce(working.person = $person, true) and coalesce(resting.until_on <= days.today, true)
        and not list_contains($besides::varchar[], e.lead)
),

present as (
    select lead, coalesce(due_on, date '9999-12-31') as due_on from evaluations where lead = $after
)

select free.lead
from free
left join present on true
order by coalesce((free.due_on, free.lead) < (present.due_on, present.lead), false), free.due_on, free.lead
limit 1
