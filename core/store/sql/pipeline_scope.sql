-- The chosen leads with what became of each until an instant. One row per lead. Made in three steps, each laid aside: in
-- one, a million leads would need more memory than the database has.
create temp table scope as
with ages as (
    select
        unnest($age_programs::varchar[]) as program, unnest($since_week::timestamp[]) as since_week,
        unnest($since_fortnight::timestamp[]) as since_fortnight, unnest($since_month::timestamp[]) as since_month,
        unnest($since_two_months::timestamp[]) as since_two_months
),

owners as (
    select lead, person from assignments
    where recorded_at <= $known_at and id not in (select id from voids where recorded_at <= $known_at)
    qualify row_number() over (partition by lead order by recorded_at desc) = 1
),

followed as (
    select
        chosen.*, e.disposition, e.reason, owners.person as worker, h.taken_at is not null as is_taken,
        h.paid_at is not null as is_paid, h.answered_at, h.accepted_at, h.earned_at, h.paid_at,
        least(h.earned_at, case when h.refused_at >= h.accepted_at then h.refused_at end) as left_at,
        case
            when chosen.submitted_at >= a.since_week then 0
            when chosen.submitted_at >= a.since_fortnight then 1
            when chosen.submitted_at >= a.since_month then 2
            when chosen.submitted_at >= a.since_two_months then 3
            else 4
        end as age
    from chosen
    join evaluations as e on e.lead = chosen.lead
    join ages as a on a.program = chosen.program
    left join happened as h on h.lead = chosen.lead
    left join owners on owners.lead = chosen.lead
)

select
    lead, program, partner, channel, submitted_at, month, is_chosen, disposition, reason, worker, age,
    case when is_paid then 3 when disposition = 'qualified' then 2 when is_taken then 1 else 0 end as step,
    (epoch(answered_at) - epoch(submitted_at)) / 86400 as answer_days,
    (epoch(left_at) - epoch(accepted_at)) / 86400 as accepted_days,
    (epoch(paid_at) - epoch(earned_at)) / 86400 as earned_days,
    case
        when disposition = 'pending' and answered_at is null then 'submitted'
        when disposition in ('pending', 'qualified') and accepted_at is not null and left_at is null then 'accepted'
        when disposition = 'qualified' and earned_at is not null and paid_at is null then 'earned'
    end as waits_in
from followed
