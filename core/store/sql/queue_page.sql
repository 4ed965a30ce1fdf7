-- One page of a queue in one of its orders; the most costly to leave first: undecided leads by due day, then the decided.
-- One row per lead. Names are joined to the rows of the page alone. $free_for: only undecided leads of $own programs that
-- nobody but this person works on, none of $besides, those that stand after the lead $after first.
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
        end as due_class,
        $sorted::varchar = 'cost' and evaluations.disposition <> 'pending' as is_last,
        case $sorted::varchar
            when 'cost' then epoch_us(evaluations.due_on)
            when 'least' then len(evaluations.pending_on)
            when 'oldest' then epoch_us(submissions.submitted_at)
            when 'newest' then -epoch_us(submissions.submitted_at)
        end as rank
    from evaluations
    left join leads as submissions on submissions.id = evaluations.lead and $sorted in ('oldest', 'newest')
    join days on days.program = evaluations.program
    left join working on working.lead = evaluations.lead
    left join resting on resting.lead = evaluations.lead and resting.until_on > days.today
    where ($disposition::varchar is null or evaluations.disposition = $disposition)
        and ($program::varchar is null or evaluations.program = $program)
        and ($partner::varchar is null or evaluations.lead in (select id from leads where partner = $partner))
        and ($search::varchar is null or evaluations.lead in (select id from matching))
        and case
            when $queue::varchar in ('new', 'review', 'asked', 'alike', 'mine')
                then evaluations.disposition = 'pending' and resting.lead is null
            when $queue in ('open', 'overdue') then evaluations.disposition = 'pending'
            when $queue = 'decided' then evaluations.disposition <> 'pending'
            when $queue = 'aside' then resting.lead is not null
            when $queue = 'ending' then evaluations.due_clock in ('reply_30d', 'engagement_3m', 'ownership')
                and evaluations.due_on between days.today and days.in_seven
            else true
        end
        and ($queue is distinct from 'overdue' or evaluations.due_on < days.today)
        and ($queue is distinct from 'mine' or working.person = $person)
        and ($queue is distinct from 'alike' or evaluations.lead in (select unnest($alike::varchar[])))
        and ($queue not in ('new', 'review', 'asked') or ($queue = 'asked') = (
            evaluations.lead in (select lead from asked_leads)) or $queue is null)
        and ($queue not in ('new', 'review') or ($queue = 'review') = (
            working.person is not null
            or replace(evaluations.verdicts, $na, $unknown) not like days.unjudged) or $queue is null)
),

present as (  -- it may have left the queue; read beside it, as a queue that is read twice is laid aside whole
    select
        e.lead, $sorted::varchar = 'cost' and e.disposition <> 'pending' as is_last,
        case $sorted::varchar
            when 'cost' then epoch_us(e.due_on)
            when 'least' then len(e.pending_on)
            when 'oldest' then epoch_us(leads.submitted_at)
            when 'newest' then -epoch_us(leads.submitted_at)
        end as rank
    from evaluations as e
    join leads on leads.id = e.lead
    where e.lead = $after::varchar
),

shown as (
    select found.lead, program, disposition, verdicts, pending_on, due_on, due_clock, reason, today, worker, aside_until,
        found.is_last, found.rank
    from found
    left join present on true
    where list_contains($due_classes::varchar[], due_class)
        and ($free_for::varchar is null or (
            disposition = 'pending' and coalesce(worker = $free_for, true) and list_contains($own::varchar[], program)
            and (aside_until is null or $queue::varchar = 'aside') and not list_contains($besides::varchar[], found.lead)
            and found.lead is distinct from present.lead))
    order by
        coalesce((found.is_last, coalesce(found.rank, 9223372036854775807), found.lead)
            < (present.is_last, coalesce(present.rank, 9223372036854775807), present.lead), false),
        found.is_last, found.rank nulls last, found.lead
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

select * exclude (is_last, rank) from named order by is_last, rank nulls last, lead
