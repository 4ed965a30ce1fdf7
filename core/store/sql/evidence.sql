-- What the ids under a finding are. One row per id that is known.
with wanted as (
    select unnest($ids::varchar[]) as id
),

together as (
    select id, 'event' as kind, type, happened_at, coalesce(rep, decided_by) as who, channel, lead, null as name,
        reason as note
    from events
    where id in (select id from wanted)
    union all
    select id, 'verdict', verdict, happened_at, decided_by, null, lead, criterion, note
    from verdicts
    where id in (select id from wanted)
    union all
    select leads.id, 'lead', leads.program, leads.submitted_at, null, leads.channel, leads.id,
        coalesce(partners.name, nullif(concat_ws(' ', partners.first_name, partners.last_name), ''), leads.partner), null
    from leads
    left join partners on partners.id = leads.partner
    where leads.id in (select id from wanted)
    union all
    select id, 'contact', null, null, null, null, null, coalesce(full_name, email), null
    from contacts
    where id in (select id from wanted)
    union all
    select id, 'organization', null, null, null, null, null, coalesce(name, domain), null
    from organizations
    where id in (select id from wanted)
    union all
    select id, 'partner', kind, null, null, null, null, coalesce(name, concat_ws(' ', first_name, last_name)), null
    from partners
    where id in (select id from wanted)
),

named as (
    select 'contacts' as source, id, coalesce(full_name, email) as name from contacts
    union all
    select 'organizations', id, coalesce(name, domain) from organizations
    union all
    select 'partners', id, coalesce(name, concat_ws(' ', first_name, last_name)) from partners
),

alike as (
    select m.id, 'near_match' as kind, m.kind as type, m.score,
        concat_ws(' and ', l.name, case when r.name is distinct from l.name then r.name end) as name
    from near_matches as m
    left join named as l on m.left_table = l.source and m.left_record = l.id
    left join named as r on m.right_table = r.source and m.right_record = r.id
    where m.id in (select id from wanted)
),

explained as (
    select * from together
    union all by name
    select * from alike
)

select * from explained order by happened_at, id
