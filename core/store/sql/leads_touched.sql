-- Leads behind given contacts, persons, organizations and partners, crowded ones too. One row per lead and way to it.
select id as lead from leads where person_key in ($persons)
union all
select id from leads where org_key in ($organizations)
union all
select id from leads where email_org_key in ($organizations)
union all
select id from leads where partner in ($partners)
