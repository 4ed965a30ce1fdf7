-- Undecided leads that wait for nothing but the closing act of their program, the first due first. One row per lead.
with acts as (
    select program, list(id) as ids from criteria where decided_by = 'act' group by program
),

ready as (
    select e.lead, e.program, e.due_on, count(*) over () as found
    from evaluations as e
    join acts on acts.program = e.program
    where e.disposition = 'pending' and len(e.pending_on) > 0 and list_has_all(acts.ids, e.pending_on)
        and e.program in (select unnest($programs::varchar[]))
    order by e.due_on nulls last, e.lead
    limit $most
)

select
    ready.*, l.submitted_at, coalesce(organizations.name, contacts.company, contacts.full_name) as company,
    coalesce(partners.name, nullif(concat_ws(' ', partners.first_name, partners.last_name), ''), l.partner)
        as partner_name
from ready
join leads as l on l.id = ready.lead
left join contacts on contacts.id = l.contact
left join organizations on organizations.id = l.org
left join partners on partners.id = l.partner
order by ready.due_on nulls last, ready.lead
