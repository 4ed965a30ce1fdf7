-- The keys by which given leads meet others. One row per lead.
select
    case when not person_key_crowded then person_key end as person_key,
    case when not org_key_crowded then org_key end as org_key,
    case when not org_key_crowded then email_org_key end as email_org_key
from leads
where id in (select unnest($leads))
