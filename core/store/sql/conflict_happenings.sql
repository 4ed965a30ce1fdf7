-- What was decided on given leads, and what our own sales did with their persons and organizations, until an instant.
-- One row per event; `lead` is null where the event belongs to none of them.
with taken_back as (
    select id from voids where recorded_at <= $as_of
),

given as (
    select id, person_key, org_key, person_key_crowded, org_key_crowded from leads where id in (select unnest($leads::varchar[]))
),

persons as (
    select distinct person_key as key from given where person_key is not null and not person_key_crowded
),

organizations as (
    select distinct org_key as key from given where org_key is not null and not org_key_crowded
),

found as (
    select id from events where lead in (select id from given)
    union
    select id from events where person_key in (select key from persons) and type = 'sales_activity'
    union
    select id from events where org_key in (select key from organizations) and type = 'sales_activity'
)

select
    e.id, e.type, e.happened_at, e.logged_at, e.meaningful, e.lead, coalesce(e.rep, e.decided_by) as who,
    e.call_status, e.reason as note
from events as e
where e.id in (select id from found) and e.happened_at <= $as_of and e.id not in (select id from taken_back)
    and e.type in ('accepted', 'approved', 'rejected', 'withdrawn', 'disassociated', 'discretion', 'confirmed', 'deal_won',
        'ownership_extended', 'sales_activity', 'outreach', 'discovery_call')
    and (e.type <> 'discretion' or e.decision = 'reject')
order by e.happened_at, e.id
