-- How many leads there are to choose from, in all and in each queue. One row per disposition and due class, under the
-- other filters.
with days as (
    select
        unnest($programs::varchar[]) as program, unnest($todays::date[]) as today, unnest($unjudged) as unjudged,
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

-- what people and the search for look-alikes have to do with few leads. One row per lead.
marked as (
    select lead, person is not null as is_taken, person = $person as is_mine from working
    union all by name
    select lead, until_on from resting
    union all by name
    select lead, true as is_asked from asked_leads
    union all by name
    select unnest($alike::varchar[]) as lead, true as is_alike
),

marks as (
    select
        lead, bool_or(is_taken) as is_taken, bool_or(is_mine) as is_mine, bool_or(is_asked) as is_asked,
        bool_or(is_alike) as is_alike, max(until_on) as until_on
    from marked
    group by lead
),

-- grouped before anything is counted, so that no mark of a lead is worked out once for every count
grouped as (
    select
        evaluations.disposition = 'pending' as is_pending, evaluations.disposition,
        case
            when evaluations.due_on is null then 'none'
            when evaluations.due_on < days.today then 'overdue'
            when evaluations.due_on = days.today then 'today'
            when evaluations.due_on <= days.in_three then 'three'
            when evaluations.due_on <= days.in_seven then 'seven'
            else 'later'
        end as due_class,
        evaluations.due_clock in ('reply_30d', 'engagement_3m', 'ownership') as is_ending,
        coalesce(marks.is_taken, false)
            or replace(evaluations.verdicts, $na, $unknown) not like days.unjudged as is_begun,
        coalesce(marks.is_asked, false) as is_asked, coalesce(marks.is_alike, false) as is_alike,
        coalesce(marks.is_mine, false) as is_mine, coalesce(marks.until_on > days.today, false) as is_aside,
        count(*) as leads
    from evaluations
    join days on days.program = evaluations.program
    left join marks on marks.lead = evaluations.lead
    where ($program::varchar is null or evaluations.program = $program)
        and ($partner::varchar is null or evaluations.lead in (select id from leads where partner = $partner))
        and ($search::varchar is null or evaluations.lead in (select id from matching))
    group by all
)

select
    disposition, due_class, sum(leads)::integer as leads,
    coalesce(sum(leads) filter (where is_pending), 0)::integer as open,
    coalesce(sum(leads) filter (where is_pending and not is_aside and not is_begun and not is_asked), 0)::integer as new,
    coalesce(sum(leads) filter (where is_pending and not is_aside and is_begun and not is_asked), 0)::integer as review,
    coalesce(sum(leads) filter (where is_pending and not is_aside and is_asked), 0)::integer as asked,
    coalesce(sum(leads) filter (where is_ending and due_class in ('today', 'three', 'seven')), 0)::integer as ending,
    coalesce(sum(leads) filter (where is_pending and due_class = 'overdue'), 0)::integer as overdue,
    coalesce(sum(leads) filter (where is_pending and not is_aside and is_alike), 0)::integer as alike,
    coalesce(sum(leads) filter (where is_pending and not is_aside and is_mine), 0)::integer as mine,
    coalesce(sum(leads) filter (where is_aside), 0)::integer as aside,
    coalesce(sum(leads) filter (where not is_pending), 0)::integer as decided
from grouped
group by disposition, due_class
