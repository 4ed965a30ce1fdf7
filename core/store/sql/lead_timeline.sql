-- What happened to a lead until an instant, newest first: its submission, events of it, events of its person or
-- organization outside any lead, and human verdicts. One row per happening.
with given as (
    select id, program, contact, org, person_key, org_key, person_key_crowded, org_key_crowded, submitted_at, channel
    from leads
    where id = $lead
),

of_lead as (
    select events.id, events.type, events.happened_at, events.recorded_at, events.lead is null as is_outside_lead,
        coalesce(events.rep, events.decided_by, events.introduced_by) as who, events.channel,
        events.call_status, events.decision, events.criterion, coalesce(events.what, events.stage, events.kind) as what,
        events.reason as note, coalesce(events.amount, events.total_amount, events.subscription_amount) as amount,
        events.currency, null as verdict
    from events
    join given
        on events.lead = given.id
        or (
            events.lead is null and (events.program is null or events.program = given.program)
            and (
                events.contact = given.contact or events.org = given.org
                or (not given.person_key_crowded and events.person_key = given.person_key)
                or (not given.org_key_crowded and events.org_key = given.org_key)
            )
        )
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
    from given
),

together as (
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
