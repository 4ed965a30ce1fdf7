-- What was decided on given leads, and what our own sales did with their persons and organizations, until an instant.
-- One row per event; `lead` is null where the event belongs to none of them.
with of_leads as materialized (  -- each by its index alone
    select id, type, happened_at, logged_at, meaningful, lead, rep, decided_by, call_status, reason, decision
    from events where lead in ($leads)
),

of_persons as materialized (
    select id, type, happened_at, logged_at, meaningful, lead, rep, decided_by, call_status, reason, decision
    from events where person_key in ($persons)
),

of_organizations as materialized (
    select id, type, happened_at, logged_at, meaningful, lead, rep, decided_by, call_status, reason, decision
    from events where org_key in ($organizations)
),

found as (
    select * from of_leads
    union
    select * from of_persons where type = 'sales_activity'
    union
    select * from of_organizations where type = 'sales_activity'
)

select
    e.id, e.type, e.happened_at, e.logged_at, e.meaningful, e.lead, coalesce(e.rep, e.decided_by) as who,
    e.call_status, e.reason as note
from found as e
where e.happened_at <= $as_of and e.id not in (select id from voids where recorded_at <= $as_of)
    and e.type in ('accepted', 'approved', 'rejected', 'withdrawn', 'disassociated', 'discretion', 'confirmed', 'deal_won',
        'ownership_extended', 'sales_activity', 'outreach', 'discovery_call')
    and (e.type <> 'discretion' or e.decision = 'reject')
order by e.happened_at, e.id
