-- How many leads there are to choose from, in all and in each queue. One row per disposition and due class, under the
-- other filters.
with days as (
    select
        unnest($programs::varchar[]) as program, unnest($todays::date[]) as today,
        unnest($in_three::date[]) as in_three, unnest($in_seven::date[]) as in_seven
),

matching as (
    select leads.id
    from leads
    where $search::varchar is not null
        and (
            contains(lower(leads.id), lower($search::varchar))
            or leads.contact in (
                select contacts.id from contacts
                where contains(strip_accents(lower(contacts.full_name)), strip_accents(lower($search::varchar)))
                    or contains(strip_accents(lower(contacts.company)), strip_accents(lower($search::varchar)))
                    or contains(lower(contacts.email), lower($search::varchar))
            )
            or leads.org in (
                select organizations.id from organizations
                where contains(strip_accents(lower(organizations.name)), strip_accents(lower($search::varchar)))
                    or contains(lower(organizations.domain), lower($search::varchar))
            )
        )
),

found as not materialized (
    select
        evaluations.lead, evaluations.disposition, days.today,
        case
            when evaluations.due_on is null then 'none'
            when evaluations.due_on < days.today then 'overdue'
            when evaluations.due_on = days.today then 'today'
            when evaluations.due_on <= days.in_three then 'three'
            when evaluations.due_on <= days.in_seven then 'seven'
            else 'later'
        end as due_class,
        evaluations.due_clock in ('reply_30d', 'engagement_3m', 'ownership') as is_ending,
        case
            when evaluations.disposition = 'pending'
                then not regexp_full_match(evaluations.program || ':' || evaluations.verdicts, $unjudged)
            else false
        end as is_judged
    from evaluations
    join days on days.program = evaluations.program
    where ($program::varchar is null or evaluations.program = $program)
        and ($partner::varchar is null or evaluations.lead in (select id from leads where partner = $partner))
        and ($search::varchar is null or evaluations.lead in (select id from matching))
),

grouped as (
    select disposition, due_class, is_ending, is_judged, count(*) as leads from found group by all
),

-- few leads have a mark of their own, so those alone are looked up
marked as (
    select lead from working
    union
    select lead from resting
    union
    select lead from asked_leads
    union
    select unnest($alike::varchar[])
),

marks as materialized (
    select
        found.disposition, found.due_class, found.is_ending, found.is_judged, working.person is not null as is_taken,
        asked_leads.lead is not null as is_asked, found.lead in (select unnest($alike::varchar[])) as is_alike,
        coalesce(working.person = $person, false) as is_mine, resting.lead is not null as is_aside, count(*) as leads
    from marked
    join found on found.lead = marked.lead
    left join working on working.lead = found.lead
    left join resting on resting.lead = found.lead and resting.until_on > found.today
    left join asked_leads on asked_leads.lead = found.lead
    group by all
),

-- each of them instead of one without a mark
counted as (
    select *, false as is_taken, false as is_asked, false as is_alike, false as is_mine, false as is_aside from grouped
    union all by name
    select * from marks
    union all by name
    select
        * replace (
            false as is_taken, false as is_asked, false as is_alike, false as is_mine, false as is_aside, -leads as leads
        )
    from marks
),

told as (
    select
        disposition, due_class, leads, is_ending, is_asked, is_alike, is_mine, is_aside,
        disposition = 'pending' as is_pending, disposition = 'pending' and not is_aside as is_open,
        is_taken or is_judged as is_begun
    from counted
)

select
    disposition, due_class, sum(leads)::integer as leads,
    coalesce(sum(leads) filter (where is_pending), 0)::integer as open,
    coalesce(sum(leads) filter (where is_open and not is_begun and not is_asked), 0)::integer as new,
    coalesce(sum(leads) filter (where is_open and is_begun and not is_asked), 0)::integer as review,
    coalesce(sum(leads) filter (where is_open and is_asked), 0)::integer as asked,
    coalesce(sum(leads) filter (where is_ending and due_class in ('today', 'three', 'seven')), 0)::integer as ending,
    coalesce(sum(leads) filter (where is_pending and due_class = 'overdue'), 0)::integer as overdue,
    coalesce(sum(leads) filter (where is_open and is_alike), 0)::integer as alike,
    coalesce(sum(leads) filter (where is_open and is_mine), 0)::integer as mine,
    coalesce(sum(leads) filter (where is_aside), 0)::integer as aside,
    coalesce(sum(leads) filter (where not is_pending), 0)::integer as decided
from told
group by disposition, due_class
