-- Payments that were recorded as failed and did arrive: the bank corrected itself, or a row was read wrongly. What was
-- recorded stays; such a payment counts as paid on the day on which it arrived.

-- One row per such payment. One of which that turns out to be wrong came back.
create table payment_arrivals (
    id varchar primary key,
    batch varchar not null,
    payment varchar not null unique,
    paid_on date not null,                   -- local to the program
    period date not null check (day(period) = 1),  -- the month it is booked in: of `paid_on`, or the first open one after it
    reason varchar not null,                 -- how it is known
    reference varchar,
    recorded_by varchar not null,
    recorded_at timestamp not null
);

create trigger payment_arrivals_in_open_months after insert on payment_arrivals referencing new table as fresh
for each statement insert into append_only
select 1 from fresh as f join batches as b on f.batch = b.id
join period_closings as c on b.program = c.program and f.period < c.next_period;
create trigger payment_arrivals_kept after update on payment_arrivals
for each statement insert into append_only values (1);
create trigger payment_arrivals_whole after delete on payment_arrivals
for each statement insert into append_only values (1);

-- What became of payments, as it counts now. One row per payment that was paid or failed.
create view standing_results as
select
    r.id, r.batch, r.payment, if(a.id is null, r.result, 'paid') as result, coalesce(a.paid_on, r.paid_on) as paid_on,
    coalesce(a.period, r.period) as period, coalesce(a.reason, r.reason) as reason,
    if(a.id is null, r.reference, a.reference) as reference
from payment_results as r
left join payment_arrivals as a on r.payment = a.payment;

-- Lines that stand in a batch which was not dropped, with a payment that neither failed nor came back. One row per line.
create or replace view live_batch_lines as
select * from batch_lines
where batch not in (select batch from batch_steps where step = 'dropped')
    and payment not in (select payment from standing_results where result = 'failed')
    and payment not in (select payment from standing_returns);

-- Batches with what was done to them since they were last reopened. One row per batch.
create or replace view batch_states as
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
        count(distinct l.payment) filter (where r.result = 'paid' and b.id is null) as paid,
        count(distinct l.payment) filter (where r.result = 'failed') as failed,
        count(distinct b.payment) as returned,
        coalesce(sum(l.amount) filter (where r.result = 'paid' and b.id is null), 0) as paid_total
    from batch_lines as l
    left join standing_results as r on l.payment = r.payment
    left join standing_returns as b on l.payment = b.payment
    group by l.batch
)

select
    b.*, i.lines, i.payments, i.total, i.paid, i.failed, i.returned, i.paid_total, d.approved_by, d.approved_at,
    d.second_approved_by, d.second_approved_at, d.exported_by, d.exported_at,
    case
        when coalesce(d.is_dropped, false) then 'dropped'
        when d.exported_at is not null and i.paid + i.failed + i.returned = i.payments then 'settled'
        when d.exported_at is not null then 'exported'
        when d.approved_at is not null then 'approved'
        else 'prepared'
    end as state
from batches as b
join inside as i on b.id = i.batch
left join done as d on b.id = d.batch;

-- Every line with what it counts as now, by the steps of its batch and not by `batch_states`, whose sums it does not need.
-- A correction follows the line that it corrects, until that is paid or on its way to be paid: it is void, blocked or held
-- with it. One row per line that was not taken back.
-- state: open (can be paid), blocked, held, void (no longer owed, and never paid), in_batch, approved, exported, paid.
create or replace view lines as
with progress as (
    select batch, bool_or(step = 'exported') as is_exported, arg_max(step, recorded_at) as last_step
    from batch_steps group by batch
),

in_batches as (
    select
        l.line, l.batch, l.payment, l.amount as paid_amount, r.result, r.paid_on, r.period as paid_period,
        case
            when s.is_exported then 'exported'
            when s.last_step in ('approved', 'second_approved') then 'approved'
            else 'in_batch'
        end as batch_state
    from live_batch_lines as l
    left join progress as s on l.batch = s.batch
    left join standing_results as r on l.payment = r.payment
),

singly as (
    select a.lead, a.earned_by, a.id as approval, a.amount as paid_amount, p.id as payment, p.recorded_at as paid_at
    from payout_approvals as a
    left join payout_payments as p on a.id = p.approval
    where a.id not in (select id from voids)
),

freed as (
    select c.id from earning_lines as c semi join live_batch_lines as b on c.corrects = b.line
    union
    select c.id from earning_lines as c semi join singly as a on c.lead = a.lead and c.earned_by = a.earned_by
    where c.kind = 'adjustment'
),

-- Also one that cools off still: that ends by itself, and until then the payee is carried forward.
with_account as (
    select distinct partner from payee_versions
    where counts_from is not null and (iban is not null or account_number is not null)
),

told as (
    select
        *, status = 'payable' and method = 'wire' and payee not in (select partner from with_account) as is_unconfirmed
    from payouts_owed
),

owed as (
    select * replace (
        if(is_unconfirmed, 'blocked', status) as status,
        if(is_unconfirmed, ['payee.account_confirmation'], blockers) as blockers
    )
    from told
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
        when b.batch_state = 'exported' then 'exported'
        when b.batch_state = 'approved' or a.approval is not null then 'approved'
        when b.batch_state = 'in_batch' then 'in_batch'
        when e.kind <> 'adjustment' and p.status = 'paid' then 'paid'
        when f.id is null and (p.status is null or p.status = 'forfeited') then 'void'
        when h.lead is not null then 'held'
        when f.id is null and p.status = 'blocked' then 'blocked'
        else 'open'
    end as state
from earning_lines as e
left join owed as p on e.lead = p.lead and e.earned_by = p.earned_by
left join holds as h on e.lead = h.lead
left join in_batches as b on e.id = b.line
left join singly as a on e.kind <> 'adjustment' and e.lead = a.lead and e.earned_by = a.earned_by
left join freed as f on e.id = f.id
where e.id not in (select id from voids);

-- Whether what was earned is paid, open, clawed back or no longer owed, and nothing twice. One row per partner,
-- program, currency and month of booking. Payments are counted where they were recorded and did not come back, what is
-- open where the lines stand.
create or replace view reconciliation as
with paid as (
    select b.line as id, b.amount
    from batch_lines as b join standing_results as r on b.payment = r.payment
    where r.result = 'paid' and b.payment not in (select payment from standing_returns)
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
