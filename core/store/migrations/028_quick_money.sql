-- What the reads of money ask of events stands where it is found without reading all of them.

-- Of what may hold the money of a lead, a finding of abuse or a refund of its customer, also what it is, that lead, and
-- when it was and became known.
alter table wide_events add column type varchar;
alter table wide_events add column lead varchar;
alter table wide_events add column happened_at timestamp;
alter table wide_events add column recorded_at timestamp;

update wide_events set type = e.type, lead = e.lead, happened_at = e.happened_at, recorded_at = e.recorded_at
from events as e
where wide_events.id = e.id and e.type = 'abuse_finding' and e.lead is not null;

insert into wide_events (id, type, lead, happened_at, recorded_at)
select id, type, lead, happened_at, recorded_at from events where type = 'customer_refund' and lead is not null;

drop trigger events_that_bear_widely on events;

create trigger events_that_bear_widely after insert on events referencing new table as fresh for each statement
insert or ignore into wide_events
select
    e.id,
    case when e.type not in ('program_terminated', 'customer_refund') then coalesce(e.partner, l.partner) end as partner,
    case when e.type = 'program_terminated' then e.program end as program,
    case when e.type in ('abuse_finding', 'customer_refund') and e.lead is not null then e.type end as type,
    case when e.type in ('abuse_finding', 'customer_refund') then e.lead end as lead,
    case when e.type in ('abuse_finding', 'customer_refund') and e.lead is not null then e.happened_at end as happened_at,
    case when e.type in ('abuse_finding', 'customer_refund') and e.lead is not null then e.recorded_at end as recorded_at
from fresh as e
left join leads as l on e.lead = l.id
where e.type in ('abuse_finding', 'payee_details_provided', 'wire_requested', 'program_terminated')
    or (e.type = 'customer_refund' and e.lead is not null)
    or (e.type = 'source_contacted' and e.lead is null);

create trigger events_that_bear_no_more after delete on events referencing old table as gone for each statement
delete from wide_events where id in (select id from gone);

-- Leads whose lines wait, and what they wait for: an open dispute, an open conflict case on either lead, a finding of abuse
-- that is neither cleared nor resolved, a refund of the customer whose payments earn a commission, until a correction of
-- a line answers it or a person lets it stand (AMB-29). One row per lead; each of the holds is its kind and its id.
create or replace view holds as
with cases as (
    select id, lead, other_lead from conflict_cases
    where id not in (select id from voids)
        and id not in (select conflict_case from conflict_settlements where id not in (select id from voids))
),

cleared as (
    select lead, max(happened_at) as cleared_at from verdicts
    where criterion = 'no_abuse' and verdict = 'pass' and id not in (select id from voids)
    group by lead
),

unresolved as (
    select id, type, lead, happened_at, recorded_at from wide_events
    where lead is not null and id not in (select id from voids)
        and id not in (select finding from finding_resolutions where id not in (select id from voids))
),

commissions as (
    select lead, kind, recorded_at from earning_lines
    where kind in ('commission', 'adjustment') and id not in (select id from voids)
        and lead in (select lead from unresolved where type = 'customer_refund')
),

reasons as (
    select lead, 'dispute:' || id as hold from disputes
    where id not in (select id from voids)
        and id not in (select dispute from dispute_resolutions where id not in (select id from voids))
    union all
    select lead, 'conflict:' || id from cases
    union all
    select other_lead, 'conflict:' || id from cases
    union all
    select f.lead, 'finding:' || f.id
    from unresolved as f
    left join cleared as c on f.lead = c.lead and c.cleared_at > f.happened_at
    where f.type = 'abuse_finding' and c.lead is null
    union all
    select r.lead, 'refund:' || r.id
    from unresolved as r
    where r.type = 'customer_refund' and r.lead in (select lead from commissions where kind = 'commission')
        and not exists (
            from commissions as c where c.lead = r.lead and c.kind = 'adjustment' and c.recorded_at >= r.recorded_at
        )
)

select lead, list(hold order by hold) as holds from reasons group by lead;

-- Lines that were paid as an event alone tells, with that event and its instant (null: not known). One that names what it
-- pays pays that; the others pay the lines of their lead in the order in which these were earned. What was paid stays paid
-- where its lead no longer qualifies. One row per line; what a line has of its own stands beside it, so that those of one
-- partner are found without the others.
create or replace view told_payments as
with told as (
    select
        id, lead, about, happened_at, row_number() over (partition by lead, about order by happened_at, id) as place,
        count(*) over (partition by lead, about) as many
    from events
    where type = 'payout_paid' and id not in (select id from voids)
        and happened_at <= (select max(as_of) from evaluation_runs)
),

beside as (
    select
        l.id, l.lead, l.program, l.partner, l.currency, l.amount, l.period, l.state, n.id as named_by,
        n.happened_at as named_at,
        row_number() over (
            partition by l.program, l.partner, l.lead, n.id is null
            order by l.state <> 'paid', l.earned_on, l.recorded_at, l.id
        ) as place
    from lines as l
    left join told as n on l.lead = n.lead and l.earned_by = n.about and n.place = 1
    where l.kind <> 'adjustment' and (l.state = 'void' or (l.state = 'paid' and l.payment is null))
)

select
    b.id as line, b.lead, b.program, b.partner, b.currency, b.amount, b.period,
    coalesce(b.named_at, t.happened_at) as paid_at, coalesce(b.named_by, t.id) as event
from beside as b
left join told as t
    on b.named_by is null and b.lead = t.lead and t.about is null and t.place = least(b.place, t.many)
where b.state = 'paid' or b.named_by is not null or t.place = b.place;
