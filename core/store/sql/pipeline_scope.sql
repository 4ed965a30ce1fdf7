-- The leads of the chosen months and of as many months before them, with what became of each until an instant. One row
-- per lead. The months of a program are given by the months in UTC that they meet, with their first and last instants.
create temp table scope as
with months as (
    select
        unnest($programs::varchar[]) as program, unnest($utc_months::date[]) as utc_month,
        unnest($months::date[]) as month, unnest($begins::timestamp[]) as begins_at,
        unnest($ends::timestamp[]) as ends_at, unnest($is_chosen::boolean[]) as is_chosen
),

ages as (
    select
        unnest($age_programs::varchar[]) as program, unnest($since_week::timestamp[]) as since_week,
        unnest($since_fortnight::timestamp[]) as since_fortnight, unnest($since_month::timestamp[]) as since_month,
        unnest($since_two_months::timestamp[]) as since_two_months
),

happened as (
    select
        lead,
        min(happened_at) filter (type in ('accepted', 'approved')) as taken_at,
        min(happened_at) filter (type in ('accepted', 'approved', 'confirmed', 'rejected', 'withdrawn')) as answered_at,
        min(happened_at) filter (type = 'accepted') as accepted_at,
        min(happened_at) filter (type in ('approved', 'confirmed', 'customer_payment')) as earned_at,
        max(happened_at) filter (type in ('rejected', 'withdrawn', 'disassociated')) as refused_at,
        min(happened_at) filter (type = 'payout_paid') as paid_at
    from events
    where type in ('accepted', 'approved', 'confirmed', 'customer_payment', 'rejected', 'withdrawn', 'disassociated',
            'payout_paid')
        and happened_at <= $as_of and lead is not null and id not in (select id from voids)
    group by lead
),

owners as (
    select lead, person from assignments
    where recorded_at <= $known_at and id not in (select id from voids where recorded_at <= $known_at)
    qualify row_number() over (partition by lead order by recorded_at desc) = 1
),

chosen as (
    select
        l.id as lead, l.program, l.partner, l.submitted_at, m.month, m.is_chosen,
        case when l.source_context = 'normal' then coalesce(l.channel, 'unknown') else l.source_context end as channel
    from leads as l
    join months as m
        on m.program = l.program and m.utc_month = date_trunc('month', l.submitted_at)::date
        and l.submitted_at >= m.begins_at and l.submitted_at < m.ends_at
    where ($program::varchar is null or l.program = $program) and ($partner::varchar is null or l.partner = $partner)
),

followed as (
    select
        chosen.*, e.disposition, e.reason, e.verdicts, owners.person as worker, h.taken_at is not null as is_taken,
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
    where $channel::varchar is null or chosen.channel = $channel
)

select
    lead, program, partner, channel, submitted_at, month, is_chosen, disposition, reason, worker, age,
    case when disposition = 'pending' then verdicts end as verdicts,
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
