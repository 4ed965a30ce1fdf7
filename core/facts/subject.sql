-- The leads in scope with their moment and the keys by which they meet others. One row per lead.
select
    n.no, n.lead, n.document, l.program, l.partner, l.contact, l.org, l.submitted_at, n.submitted_on, n.as_of, n.cut_at,
    l.channel, l.products, l.history_lookup, l.person_key, l.org_key, l.email_org_key, l.person_key_crowded,
    l.org_key_crowded
from numbered as n
join leads as l on n.lead = l.id
