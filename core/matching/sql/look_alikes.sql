-- Leads whose person or company may be the same as another, where nobody has said. One row per lead.
select id as lead from leads
where person_key in (select key from unanswered_keys where kind = 'person')
    or org_key in (select key from unanswered_keys where kind = 'organization')
    or email_org_key in (select key from unanswered_keys where kind = 'organization')
