-- What the ids under a finding are, but for look-alikes. One row per id that is known.
with together as (
    select id, 'event' as kind, type, happened_at, coalesce(rep, decided_by) as who, channel, lead, null as name,
        reason as note, null as partner
    from events
    where id in ($ids)
    union all
    select id, 'verdict', verdict, happened_at, decided_by, null, lead, criterion, note, null
    from verdicts
    where id in ($ids)
    union all
    select leads.id, 'lead', leads.program, leads.submitted_at, null, leads.channel, leads.id,
        coalesce(partners.name, nullif(concat_ws(' ', partners.first_name, partners.last_name), ''), leads.partner), null,
        leads.partner
    from leads
    left join partners on partners.id = leads.partner
    where leads.id in ($ids)
    union all
    select id, 'contact', null, null, null, null, null, coalesce(full_name, email), null, null
    from contacts
    where id in ($ids)
    union all
    select id, 'organization', null, null, null, null, null, coalesce(name, domain), null, null
    from organizations
    where id in ($ids)
    union all
    select id, 'partner', kind, null, null, null, null, coalesce(name, concat_ws(' ', first_name, last_name)), null,
        null
    from partners
    where id in ($ids)
)

select * from together order by happened_at, id
