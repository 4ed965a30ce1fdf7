-- How many leads there are to choose from. One row per disposition and due class, under the other filters.
with days as (
    select
        unnest($programs::varchar[]) as program, unnest($todays::date[]) as today,
        unnest($in_three::date[]) as in_three, unnest($in_seven::date[]) as in_seven
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
    join leads on leads.id = evaluations.lead
    left join contacts on contacts.id = leads.contact
    left join organizations on organizations.id = leads.org
    where ($program::varchar is null or evaluations.program = $program)
        and ($partner::varchar is null or leads.partner = $partner)
        and (
            $search::varchar is null
            or contains(
                strip_accents(lower(concat_ws(chr(10), leads.id, contacts.full_name, contacts.company, contacts.email,
                    organizations.name, organizations.domain))),
                strip_accents(lower($search::varchar))
            )
        )
)

select disposition, due_class, count(*) as leads from found group by disposition, due_class
