-- Leads behind given persons and organizations, crowded ones apart. One row per lead.
select id as lead from leads where not person_key_crowded and person_key in (select unnest($persons))
union
select id from leads where not org_key_crowded and org_key in (select unnest($organizations))
union
select id from leads where not org_key_crowded and email_org_key in (select unnest($organizations))
