-- Leads that share a person, an organization or a parent company with given ones. One row per lead.
with given as (
    select id, person_key, org_key, email_org_key from leads where id in (select unnest($leads))
),

own_keys as (
    select org_key as key from given where org_key is not null
    union
    select email_org_key from given where email_org_key is not null
),

own_records as (
    select id, parent from organizations where org_key in (select key from own_keys)
),

group_keys as (
    select org_key as key from organizations
    where id in (select parent from own_records) or parent in (select id from own_records)
),

keys as (
    select key from own_keys
    union
    select key from group_keys
)

select id as lead from leads where person_key in (select person_key from given)
union
select id from leads where org_key in (select key from keys)
union
select id from leads where email_org_key in (select key from keys)
