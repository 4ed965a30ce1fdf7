-- How many leads there are to choose from. One row per disposition and due class, under the other filters.
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

found as (
    select
        evaluations.disposition,
        case
            when evaluations.due_on is null then 'none'
            when evaluations.due_on < days.today then 'overdue'
            when evaluations.due_on = days.today then 'today'
            when evaluations.due_on <= days.in_three then 'three'
            when evaluations.due_on <= days.in_seven then 'seven'
            else 'later'
        end as due_class
    from evaluations
    join days on days.program = evaluations.program
    left join working on working.lead = evaluations.lead
    left join resting on resting.lead = evaluations.lead and resting.until_on > days.today
    where ($program::varchar is null or evaluations.program = $program)
        and ($partner::varchar is null or evaluations.lead in (select id from leads where partner = $partner))
        and ($search::varchar is null or evaluations.lead in (select id from matching))
        and case $whose::varchar
            when 'mine' then working.person = $person and resting.lead is null
            when 'nobody' then working.person is null and resting.lead is null
            when 'aside' then resting.lead is not null
            else true
        end
)

select disposition, due_class, count(*) as leads from found group by disposition, due_class
