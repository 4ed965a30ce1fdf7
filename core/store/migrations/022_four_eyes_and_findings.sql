-- Who had a part in what is paid, where no row says it: by facts documents that they loaded. And findings of abuse that a
-- person resolved, which hold money no longer.

-- One row per load and lead or partner of which it brought rows.
create table loaded_records (
    id varchar primary key,
    relation varchar not null check (relation in ('leads', 'partners')),
    record varchar not null,
    loaded_by varchar not null,
    recorded_at timestamp not null
);

create trigger loaded_records_kept after update on loaded_records
for each statement insert into append_only values (1);
create trigger loaded_records_whole after delete on loaded_records
for each statement insert into append_only values (1);

-- One row per finding of abuse that a person resolved: the finding stays as evidence, the money of its lead is free.
create table finding_resolutions (
    id varchar primary key,
    finding varchar not null,                -- the event
    lead varchar not null,
    note varchar,
    resolved_by varchar not null,
    recorded_at timestamp not null
);

-- What holds the money of a lead: open disputes, open conflict cases from either side, and findings of abuse that stand
-- and that nobody resolved, or answered by judging the lead clear of it. One row per lead, with the ids of what holds it.
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

reasons as (
    select lead, 'dispute:' || id as hold from disputes
    where id not in (select id from voids)
        and id not in (select dispute from dispute_resolutions where id not in (select id from voids))
    union all
    select lead, 'conflict:' || id from cases
    union all
    select other_lead, 'conflict:' || id from cases
    union all
    select e.lead, 'finding:' || e.id
    from events as e
    left join cleared as c on e.lead = c.lead and c.cleared_at > e.happened_at
    where e.type = 'abuse_finding' and e.lead is not null and c.lead is null and e.id not in (select id from voids)
        and e.id not in (select finding from finding_resolutions where id not in (select id from voids))
)

select lead, list(hold order by hold) as holds from reasons group by lead;
