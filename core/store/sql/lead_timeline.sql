-- What happened to a lead until an instant, newest first: its submission, events of it, events of its person or
-- organization outside any lead, and human verdicts. One row per happening.
-- The keys of the lead are given as values, so that each way to its events is looked up and not searched for; which
-- events those are is settled before the order, for which every event would be looked through.
with met as materialized (
    select id, lead, program, contact = $contact or not $person_key_crowded as is_met
    from events where person_key = $person_key
    union all
    select id, lead, program, org = $org or not $org_key_crowded from events where org_key = $org_key
),

named as materialized (
    select id, false as is_outside_lead from events where lead = $lead
    union
    select id, true from met where lead is null and is_met and (program is null or program = $program)
),

of_lead as (
    select events.id, events.type, events.happened_at, events.recorded_at, named.is_outside_lead,
        coalesce(events.rep, events.decided_by, events.introduced_by) as who, events.channel,
        events.call_status, events.decision, events.criterion,
        coalesce(events.what, events.stage, events.kind, 'until ' || events.until_on::varchar) as what,
        events.reason as note, coalesce(events.amount, events.total_amount, events.subscription_amount) as amount,
        events.currency, null as verdict
    from named
    join events on events.id = named.id
    where events.id not in (select id from voids)
),

judged as (
    select verdicts.id, 'verdict' as type, verdicts.happened_at, verdicts.recorded_at, false as is_outside_lead,
        verdicts.decided_by as who, null as channel, null as call_status, null as decision, verdicts.criterion,
        null as what, verdicts.note, null as amount, null as currency, verdicts.verdict
    from verdicts
    where verdicts.lead = $lead and verdicts.id not in (select id from voids)
),

submitted as (
    select id, 'submitted' as type, submitted_at as happened_at, submitted_at as recorded_at,
        false as is_outside_lead, null as who, channel, null as call_status, null as decision, null as criterion,
        null as what, null as note, null as amount, null as currency, null as verdict
    from leads
    where id = $lead
),

together as materialized (
    select * from of_lead
    union all
    select * from judged
    union all
    select * from submitted
)

select * from together
where happened_at <= $as_of
order by happened_at desc, recorded_at desc, id
limit $most
