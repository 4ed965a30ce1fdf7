-- Which refusals stand in the statements of a closed month. They follow from what people decided and from the evaluation,
-- which may differ tomorrow, or become known only then; a statement that was sent may not.

-- One row per lead and month in whose statement it is refused. Texts stand where they were written, so that they can be
-- erased.
create table refusals_at_closings (
    id varchar primary key,
    program varchar not null,
    partner varchar not null,
    lead varchar not null,
    kind varchar not null check (kind in ('rejection', 'judgement', 'rule')),
    record varchar,                          -- the event or the verdict
    criterion varchar,                       -- that was judged
    clause varchar,
    happened_on date not null,               -- local to the program
    period date not null check (day(period) = 1),
    recorded_at timestamp not null,
    check ((kind = 'rule') = (record is null) and (kind = 'judgement') = (criterion is not null))
);

-- Closings of an earlier version, which wrote no refusals down. They are written down when the database is next opened
-- for work, in an entry of the journal, and these rows go. One row per closing.
create table closings_without_refusals (closing varchar primary key);

insert into closings_without_refusals select id from period_closings;

create trigger refusals_in_open_months after insert on refusals_at_closings referencing new table as fresh
for each statement insert into append_only
select 1 from fresh as f join period_closings as c on f.program = c.program and f.period < c.next_period
where c.id not in (select closing from closings_without_refusals);
create trigger refusals_at_closings_kept after update on refusals_at_closings
for each statement insert into append_only values (1);
create trigger refusals_at_closings_whole after delete on refusals_at_closings
for each statement insert into append_only values (1);
