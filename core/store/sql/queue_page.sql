-- One page of the queue, most costly to leave first: undecided leads by due day, then the decided ones.
-- One row per lead. Names are joined to the rows of the page alone.
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
        evaluations.lead, evaluations.program, evaluations.disposition, evaluations.verdicts, evaluations.pending_on,
        evaluations.due_on, evaluations.due_clock, evaluations.reason, days.today, working.person as worker,
        resting.until_on as aside_until,
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
    where ($disposition::varchar is null or evaluations.disposition = $disposition)
        and ($program::varchar is null or evaluations.program = $program)
        and ($partner::varchar is null or evaluations.lead in (select id from leads where partner = $partner))
        and ($search::varchar is null or evaluations.lead in (select id from matching))
        and case $whose::varchar
            when 'mine' then working.person = $person and resting.lead is null
            when 'nobody' then working.person is null and resting.lead is null
            when 'aside' then resting.lead is not null
            else true
        end
),

shown as (
    select * from found
    where list_contains($due_classes::varchar[], due_class)
    order by disposition <> 'pending', due_on nulls last, lead
    limit $size offset $start
),

named as (
    select
        shown.*, contacts.full_name, contacts.email, coalesce(organizations.name, contacts.company) as company,
        leads.submitted_at, leads.partner, coalesce(people.name, people.id) as worker_name,
        coalesce(partners.name, nullif(concat_ws(' ', partners.first_name, partners.last_name), ''), leads.partner)
            as partner_name
    from shown
    join leads on leads.id = shown.lead
    left join contacts on contacts.id = leads.contact
    left join organizations on organizations.id = leads.org
    left join partners on partners.id = leads.partner
    left join people on people.id = shown.worker
)

select * from named order by disposition <> 'pending', due_on nulls last, lead
