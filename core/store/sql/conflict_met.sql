-- Leads that speak of given persons or organizations. One row per lead.
select id from leads where person_key in ($persons)
union
select id from leads where org_key in ($organizations)
union
select id from leads where email_org_key in ($organizations)
