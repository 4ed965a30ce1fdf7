-- Undecided leads behind which a later one of the same person or organization qualified. One row per such lead.
with keys as (
    select no, lead, program, submitted_at, person_key as key from subject where is_met and not person_key_crowded
    union all
    select no, lead, program, submitted_at, org_key from subject where is_met and org_key is not null and not org_key_crowded
    union all
    select no, lead, program, submitted_at, email_org_key
    from subject where is_met and email_org_key is not null and not email_org_key_crowded
),

qualified as (
    select k.program, k.key, max(k.submitted_at) as submitted_at
    from keys as k
    join dispositions as d on k.no = d.no
    where d.disposition = 'qualified'
    group by k.program, k.key
)

select distinct k.no
from keys as k
join dispositions as d on k.no = d.no
join qualified as q on k.program = q.program and k.key = q.key
where d.disposition = 'pending' and q.submitted_at > k.submitted_at
