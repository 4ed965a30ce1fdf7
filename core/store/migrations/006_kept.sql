-- The kept evaluation follows every change and follows time: which events bear widely, and when a kept row is due to be
-- evaluated again. The indexes that find the rows of a few leads stand in ../indexes.sql.

-- One row per event that bears upon every lead of a partner (the one it names, or the one of its lead) or of a program.
-- Filled by one trigger: DuckDB fails where a table has two for the same statement.
create table wide_events (
    id varchar primary key,
    partner varchar,
    program varchar
);

create index wide_events_by_partner on wide_events (partner);
create index wide_events_by_program on wide_events (program);

insert into wide_events
select
    e.id,
    case when e.type <> 'program_terminated' then coalesce(e.partner, l.partner) end as partner,
    case when e.type = 'program_terminated' then e.program end as program
from events as e
left join leads as l on e.lead = l.id
where e.type in ('abuse_finding', 'payee_details_provided', 'wire_requested', 'program_terminated')
    or (e.type = 'source_contacted' and e.lead is null);

create trigger events_that_bear_widely after insert on events referencing new table as fresh for each statement
insert or ignore into wide_events
select
    e.id,
    case when e.type <> 'program_terminated' then coalesce(e.partner, l.partner) end as partner,
    case when e.type = 'program_terminated' then e.program end as program
from fresh as e
left join leads as l on e.lead = l.id
where e.type in ('abuse_finding', 'payee_details_provided', 'wire_requested', 'program_terminated')
    or (e.type = 'source_contacted' and e.lead is null);

-- One row per stored row that has not happened yet at the kept moment.
create table upcoming (
    relation varchar not null check (relation in ('leads', 'events', 'verdicts', 'partners')),
    id varchar not null,
    happens_at timestamp not null,
    primary key (relation, id)
);

alter table evaluations add column next_at timestamp;         -- when time alone may change what is kept of the lead
alter table evaluation_runs add column changes_at timestamp;  -- when a day begins, or time alone may change anything kept
alter table evaluation_runs add column made_by varchar;       -- digest of the terms and rules
