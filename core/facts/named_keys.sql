-- Keys of persons and organizations that anything beside a lead names. One row per key.
with named as (
    select unnest([person_key, org_key]) as key
    from events
    where type in ('crm_touch', 'sales_activity', 'email_bounce', 'competitor_suggested', 'partner_introduced')
    union all
    select l.org_key from events as e join leads as l on e.lead = l.id where e.type = 'competitor_suggested'
    union all
    select org_key from organizations where parent is not null
    union all
    select o.org_key from organization_products as p join organizations as o on p.organization = o.id
    union all
    select o.org_key from organization_owners as w join organizations as o on w.organization = o.id
    union all
    select org_key from partners
    union all
    select org_key from history_coverage
)

select distinct key from named where key is not null
