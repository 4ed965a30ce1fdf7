-- One page of the queue, most costly to leave first: undecided leads by due day, then the decided ones.
-- One row per lead.
with days as (
    select
        unnest($programs::varchar[]) as program, unnest($todays::date[]) as today,
        unnest($in_three::date[]) as in_three, unnest($in_seven::date[]) as in_seven
),

found as (
    select
        evaluations.lead, evaluations.program, evaluations.disposition, evaluations.verdicts, evaluations.pending_on,
        evaluations.due_on, evaluations.due_clock, evaluations.reason, days.today, contacts.full_name, contacts.email,
        coalesce(organizations.name, contacts.company) as company, leads.submitted_at, leads.partner,
        coalesce(partners.name, nullif(concat_ws(' ', partners.first_name, partners.last_name), ''), leads.partner)
            as partner_name,
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
    left join partners on partners.id = leads.partner
    where ($disposition::varchar is null or evaluations.disposition = $disposition)
        and ($program::varchar is null or evaluations.program = $program)
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

select * from found
where list_contains($due_classes::varchar[], due_class)
order by disposition <> 'pending', due_on nulls last, submitted_at, lead
limit $size offset $start
