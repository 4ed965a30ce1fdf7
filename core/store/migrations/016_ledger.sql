-- The ledger: what was earned, in lines that never change; in which batches it is paid, what became of each payment,
-- and which months are closed. What a line counts as now is never stored: the views at the end tell it.

-- One row per thing earned, and one per correction of such a row. The id of what was earned follows from lead and
-- `earned_by`, so that it is booked once.
create table earning_lines (
    id varchar primary key,
    lead varchar not null,
    earned_by varchar not null,              -- the event that earned it, or the lead
    partner varchar not null,
    program varchar not null,
    kind varchar not null check (kind in ('reward', 'commission', 'adjustment')),
    amount decimal(18, 2) not null check (amount <> 0),
    currency varchar not null,
    clause varchar,                          -- by which it is earned
    rule varchar,                            -- the setting that said the amount or the rate; null: paid before one did
    rule_from date,                          -- since when that value was in force
    rate decimal(38, 20),
    base_amount decimal(18, 2),              -- what the rate was applied to
    earned_on date not null,                 -- local to the program
    period date not null check (day(period) = 1),
    reason varchar check (reason in ('refund', 'disqualified_after_payment', 'mistake', 'duplicate', 'write_off')),
    note varchar,
    corrects varchar,                        -- the line that an adjustment corrects
    recorded_at timestamp not null,
    recorded_by varchar not null,
    check ((kind = 'adjustment') = (corrects is not null)),
    check ((kind = 'adjustment') = (reason is not null)),
    check (kind = 'adjustment' or amount > 0),
    check (kind <> 'commission' or (rate is not null and base_amount is not null))
);

create table batches (
    id varchar primary key,
    program varchar not null,
    method varchar not null,
    currency varchar not null,
    cut_off_on date not null,                -- lines earned until the end of this day
    prepared_on date not null,               -- local to the program
    prepared_by varchar not null,
    recorded_at timestamp not null
);

-- One row per batch and line in it.
create table batch_lines (
    id varchar primary key,
    batch varchar not null,
    line varchar not null,
    partner varchar not null,
    payment varchar not null,                -- what one payee gets in the batch: also the idempotency key outside
    payee_version varchar not null,
    amount decimal(18, 2) not null,
    recorded_at timestamp not null
);

-- One row per thing done to a batch; what was approved before it was reopened counts no more.
create table batch_steps (
    id varchar primary key,
    batch varchar not null,
    step varchar not null check (step in ('approved', 'second_approved', 'exported', 'reopened', 'dropped')),
    person varchar not null,
    form varchar,                            -- of an export
    digest varchar,                          -- SHA-256 of the exported file
    recorded_at timestamp not null,
    check ((step = 'exported') = (digest is not null and form is not null))
);

-- One row per payment that came back as paid or failed.
create table payment_results (
    id varchar primary key,
    batch varchar not null,
    payment varchar not null unique,
    result varchar not null check (result in ('paid', 'failed')),
    paid_on date,                            -- local to the program
    period date check (day(period) = 1),     -- the month it is booked in: of `paid_on`, or the first open one after it
    reason varchar,
    reference varchar,
    recorded_by varchar not null,
    recorded_at timestamp not null,
    check ((result = 'paid') = (paid_on is not null and period is not null))
);

-- One row per program and closed month; the months before it are closed with it.
create table period_closings (
    id varchar primary key,
    program varchar not null,
    period date not null check (day(period) = 1),
    next_period date not null check (day(next_period) = 1 and next_period > period),
    closed_by varchar not null,
    recorded_at timestamp not null
);

-- Notes alone can be emptied, where a person is erased. A table has one trigger for insertions: DuckDB fails on two.
create trigger earning_lines_in_open_months after insert on earning_lines referencing new table as fresh
for each statement insert into append_only
select 1 from fresh as f join period_closings as c on f.program = c.program and f.period < c.next_period;
create trigger earning_lines_kept after update of id, lead, earned_by, partner, program, kind, amount, currency, clause,
rule, rule_from, rate, base_amount, earned_on, period, reason, corrects, recorded_at, recorded_by
on earning_lines for each statement insert into append_only values (1);
create trigger earning_lines_whole after delete on earning_lines for each statement insert into append_only values (1);
create trigger batches_kept after update on batches for each statement insert into append_only values (1);
create trigger batches_whole after delete on batches for each statement insert into append_only values (1);
create trigger batch_lines_kept after update on batch_lines for each statement insert into append_only values (1);
create trigger batch_lines_whole after delete on batch_lines for each statement insert into append_only values (1);
create trigger batch_steps_kept after update on batch_steps for each statement insert into append_only values (1);
create trigger batch_steps_whole after delete on batch_steps for each statement insert into append_only values (1);
create trigger payment_results_in_open_months after insert on payment_results referencing new table as fresh
for each statement insert into append_only
select 1 from fresh as f join batches as b on f.batch = b.id
join period_closings as c on b.program = c.program and f.period < c.next_period;
create trigger payment_results_kept after update on payment_results
for each statement insert into append_only values (1);
create trigger payment_results_whole after delete on payment_results
for each statement insert into append_only values (1);
create trigger period_closings_kept after update on period_closings
for each statement insert into append_only values (1);
create trigger period_closings_whole after delete on period_closings
for each statement insert into append_only values (1);

-- Partners by the name they are shown under. One row per partner.
create view partner_names as
select id as partner, coalesce(name, nullif(concat_ws(' ', first_name, last_name), ''), id) as partner_name from partners;

-- Lines that stand in a batch which was not dropped, with a payment that did not fail. One row per line.
create view live_batch_lines as
select * from batch_lines
where batch not in (select batch from batch_steps where step = 'dropped')
    and payment not in (select payment from payment_results where result = 'failed');

-- Batches with what was done to them since they were last reopened. One row per batch.
create view batch_states as
with reopened as (
    select batch, max(recorded_at) as reopened_at from batch_steps where step = 'reopened' group by batch
),

done as (
    select
        s.batch,
        max(s.person) filter (where s.step = 'approved') as approved_by,
        max(s.recorded_at) filter (where s.step = 'approved') as approved_at,
        max(s.person) filter (where s.step = 'second_approved') as second_approved_by,
        max(s.recorded_at) filter (where s.step = 'second_approved') as second_approved_at,
        arg_min(s.person, s.recorded_at) filter (where s.step = 'exported') as exported_by,
        min(s.recorded_at) filter (where s.step = 'exported') as exported_at,
        bool_or(s.step = 'dropped') as is_dropped
    from batch_steps as s
    left join reopened as r on s.batch = r.batch
    where r.batch is null or s.recorded_at > r.reopened_at
    group by s.batch
),

inside as (
    select
        l.batch, count(*) as lines, count(distinct l.payment) as payments, sum(l.amount) as total,
        count(distinct l.payment) filter (where r.result = 'paid') as paid,
        count(distinct l.payment) filter (where r.result = 'failed') as failed,
        coalesce(sum(l.amount) filter (where r.result = 'paid'), 0) as paid_total
    from batch_lines as l
    left join payment_results as r on l.payment = r.payment
    group by l.batch
)

select
    b.*, i.lines, i.payments, i.total, i.paid, i.failed, i.paid_total, d.approved_by, d.approved_at,
    d.second_approved_by, d.second_approved_at, d.exported_by, d.exported_at,
    case
        when coalesce(d.is_dropped, false) then 'dropped'
        when d.exported_at is not null and i.paid + i.failed = i.payments then 'settled'
        when d.exported_at is not null then 'exported'
        when d.approved_at is not null then 'approved'
        else 'prepared'
    end as state
from batches as b
join inside as i on b.id = i.batch
left join done as d on b.id = d.batch;

-- What holds the money of a lead: open disputes, open conflict cases from either side, and findings of abuse that stand
-- and that nobody answered by judging the lead clear of it. One row per lead, with the ids of what holds it.
create view holds as
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
)

select lead, list(hold order by hold) as holds from reasons group by lead;

-- Every line with what it counts as now. One row per line that was not taken back.
-- state: open (can be paid), blocked, held, void (no longer owed, and never paid), in_batch, approved, exported, paid.
create view lines as
with in_batches as (
    select
        l.line, l.batch, l.payment, l.amount as paid_amount, s.state as batch_state, r.result, r.paid_on,
        r.period as paid_period
    from live_batch_lines as l
    join batch_states as s on l.batch = s.id
    left join payment_results as r on l.payment = r.payment
),

singly as (
    select a.lead, a.earned_by, a.id as approval, a.amount as paid_amount, p.id as payment, p.recorded_at as paid_at
    from payout_approvals as a
    left join payout_payments as p on a.id = p.approval
    where a.id not in (select id from voids)
)

select
    e.*,
    case when e.kind <> 'adjustment' then p.due_on end as due_on,
    case when e.kind <> 'adjustment' then coalesce(p.is_overdue, false) else false end as is_overdue,
    p.method,
    p.amount as computed_amount,
    p.status as owed_status,
    case when e.kind <> 'adjustment' then coalesce(p.blockers, []) else [] end as blockers,
    coalesce(h.holds, []) as holds,
    b.batch,
    coalesce(b.payment, a.payment) as payment,
    b.paid_on,
    b.paid_period,
    case when b.result = 'paid' then b.paid_amount when a.payment is not null then a.paid_amount end as paid_amount,
    case
        when b.result = 'paid' or a.payment is not null then 'paid'
        when b.batch_state in ('exported', 'settled') then 'exported'
        when b.batch_state = 'approved' or a.approval is not null then 'approved'
        when b.batch_state = 'prepared' then 'in_batch'
        when e.kind <> 'adjustment' and p.status = 'paid' then 'paid'
        when e.kind <> 'adjustment' and (p.status is null or p.status = 'forfeited') then 'void'
        when h.lead is not null then 'held'
        when e.kind <> 'adjustment' and p.status = 'blocked' then 'blocked'
        else 'open'
    end as state
from earning_lines as e
left join payouts_owed as p on e.lead = p.lead and e.earned_by = p.earned_by
left join holds as h on e.lead = h.lead
left join in_batches as b on e.id = b.line
left join singly as a on e.kind <> 'adjustment' and e.lead = a.lead and e.earned_by = a.earned_by
where e.id not in (select id from voids);

-- Whether what was earned is paid, open, clawed back or no longer owed, and nothing twice. One row per partner,
-- program, currency and month of booking. Payments are counted where they were recorded, what is open where the lines stand.
create view reconciliation as
with paid as (
    select b.line as id, b.amount
    from batch_lines as b join payment_results as r on b.payment = r.payment where r.result = 'paid'
    union all
    select e.id, a.amount
    from payout_payments as p
    join payout_approvals as a on p.approval = a.id
    join earning_lines as e on a.lead = e.lead and a.earned_by = e.earned_by and e.kind <> 'adjustment'
),

paid_lines as (
    select id, sum(amount) as amount from paid group by id
),

booked as (
    select
        l.partner, l.program, l.currency, l.period, count(*) as lines,
        coalesce(sum(l.amount) filter (where l.kind <> 'adjustment' or (l.amount > 0 and l.reason <> 'write_off')), 0)
            as owed,
        coalesce(-sum(l.amount) filter (where l.kind = 'adjustment' and (l.amount < 0 or l.reason = 'write_off')), 0)
            as clawed_back,
        coalesce(sum(l.amount) filter (where l.state = 'void'), 0) as void,
        coalesce(sum(l.amount) filter (where l.state not in ('void', 'paid')), 0) as open,
        coalesce(sum(p.amount), 0)
            + coalesce(sum(l.amount) filter (where l.state = 'paid' and l.payment is null), 0) as paid
    from lines as l
    left join paid_lines as p on l.id = p.id
    group by l.partner, l.program, l.currency, l.period
)

select *, owed - clawed_back - void - open - paid as difference from booked;

-- What is owed already is booked when the kept evaluation is next brought up to now: it is due at once.
update evaluation_runs set changes_at = timestamp '1970-01-01 00:00:00';
