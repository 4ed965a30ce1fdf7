-- What others and the passing of time changed after an instant, the latest first. One row per entry about one lead or
-- about many, and per lead whose disposition time alone changed.
with entries as (
    select number, recorded_at, person, action, lead
    from journal
    where recorded_at > $since and person <> $person
        and action not in ('begin', 'refused', 'save_view', 'forget_view')  -- how somebody looks at leads changes none
        and not list_contains($untold::varchar[], action)
),

of_one as (
    select e.number, e.recorded_at, e.person, e.action, e.lead, j.disposition_before, j.disposition, 1 as leads
    from entries as e
    left join journal_leads as j on j.number = e.number and j.lead = e.lead
    where e.lead is not null
),

by_time as (
    select e.number, e.recorded_at, e.person, e.action, j.lead, j.disposition_before, j.disposition, 1 as leads
    from entries as e
    join journal_leads as j on j.number = e.number
    where e.action = 'advance' and j.disposition_before is distinct from j.disposition
),

of_many as (
    select e.number, e.recorded_at, e.person, e.action, null as lead, null as disposition_before, null as disposition,
        count(j.lead) as leads
    from entries as e
    left join journal_leads as j on j.number = e.number
    where e.lead is null and e.action <> 'advance'
    group by all
),

together as (
    select * from of_one
    union all
    select * from by_time
    union all
    select * from of_many
),

shown as (
    select *, count(*) over () as found, count(*) filter (action = 'advance') over () as by_time
    from together
    order by number desc, lead
    limit $most
),

-- looked up for the leads that are shown, of which there may be none, and then joined: else all would be read
named as (
    select l.id, l.program, coalesce(organizations.name, contacts.company, contacts.full_name) as company
    from leads as l
    left join contacts on contacts.id = l.contact
    left join organizations on organizations.id = l.org
    where l.id in (select lead from shown where lead is not null)
)

select shown.*, coalesce(people.name, shown.person) as person_name, named.program, named.company
from shown
left join people on people.id = shown.person
left join named on named.id = shown.lead
order by shown.number desc, shown.lead
