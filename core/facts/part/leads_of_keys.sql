-- Leads behind given persons and organizations, crowded ones apart. One row per lead and key.
select * from leads where person_key in ($persons) and not person_key_crowded
union all
select * from leads where org_key in ($organizations) and not org_key_crowded
union all
select * from leads where email_org_key in ($organizations) and not org_key_crowded
