-- What stands in a closed month although no row of the ledger says it: that a line is no longer owed follows from the
-- evaluation, and that it was paid may follow from an event alone. Either can differ tomorrow, a closed month cannot.

-- One row per line, part and closing by which it became so. The amounts of a line and part add up to what was fixed last.
create table closing_entries (
    id varchar primary key,
    program varchar not null,
    line varchar not null,
    part varchar not null check (part in ('owed', 'told')),  -- below nothing: no longer owed, or a payment that was not
    amount decimal(18, 2) not null check (amount <> 0),
    happened_on date,                        -- local to the program; null: not known
    period date not null check (day(period) = 1),
    recorded_at timestamp not null
);

create trigger closing_entries_in_open_months after insert on closing_entries referencing new table as fresh
for each statement insert into append_only
select 1 from fresh as f join period_closings as c on f.program = c.program and f.period < c.next_period;
create trigger closing_entries_kept after update on closing_entries
for each statement insert into append_only values (1);
create trigger closing_entries_whole after delete on closing_entries
for each statement insert into append_only values (1);

-- Lines that were paid as an event alone tells, with its instant (null: not known). One that names what it pays pays
-- that; the others pay the lines of their lead in the order in which these were earned. What was paid stays paid where
-- its lead no longer qualifies. One row per line.
create view told_payments as
with told as (
    select
        lead, about, happened_at, row_number() over (partition by lead, about order by happened_at, id) as place,
        count(*) over (partition by lead, about) as many
    from events
    where type = 'payout_paid' and id not in (select id from voids)
        and happened_at <= (select max(as_of) from evaluation_runs)
),

beside as (
    select id, lead, earned_by, state, earned_on, recorded_at
    from lines
    where kind <> 'adjustment' and (state = 'void' or (state = 'paid' and payment is null))
),

named as (
    select b.id as line, t.happened_at as paid_at
    from beside as b join told as t on b.lead = t.lead and b.earned_by = t.about and t.place = 1
),

ranked as (
    select
        id as line, lead, state,
        row_number() over (partition by lead order by state <> 'paid', earned_on, recorded_at, id) as place
    from beside where id not in (select line from named)
)

select line, paid_at from named
union all
select r.line, t.happened_at
from ranked as r
left join told as t on r.lead = t.lead and t.about is null and t.place = least(r.place, t.many)
where r.state = 'paid' or t.place = r.place;
