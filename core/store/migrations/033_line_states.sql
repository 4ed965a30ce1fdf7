-- What an earning line counts as, and whether an event tells that it was paid, stand beside it, so that the reads of money
-- do not join every line with all that bears on it. Both follow from what stands elsewhere, and are written in the
-- transaction that changes that.

-- Payments of which events tell, apart from the many events that tell of something else. One row per such event.
create table payouts_told (
    id varchar not null,                     -- of the event
    lead varchar,
    about varchar,                           -- what earned it; null: not told
    amount decimal(18, 2),
    currency varchar,
    happened_at timestamp not null
);

insert into payouts_told
select id, lead, about, amount, currency, happened_at from events where type = 'payout_paid';

create trigger payouts_are_told after insert on events referencing new table as fresh for each statement
insert into payouts_told
select id, lead, about, amount, currency, happened_at from fresh where type = 'payout_paid';

create trigger payouts_are_told_no_more after delete on events referencing old table as gone for each statement
delete from payouts_told where id in (select id from gone);

-- Every line with what it counts as now, by the steps of its batch and not by `batch_states`, whose sums it does not need.
-- A correction follows the line that it corrects, until that is paid or on its way to be paid: it is void, blocked or held
-- with it; it is due with it until that is paid. One row per line that was not taken back.
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
    if(e.kind = 'adjustment' and p.status = 'paid', null, p.due_on) as due_on,
    coalesce(p.is_overdue, false) as is_overdue,
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

-- What every line of `lines` counts as, kept. One row per line.
create view counted_lines as
select
    id, lead, due_on, is_overdue, method, computed_amount, owed_status, blockers, holds, batch, payment, paid_on,
    paid_period, paid_amount, state
from lines;

create table line_states as from counted_lines;

-- Every line as `lines` has it, by what is kept. One row per line.
create view kept_lines as
select e.*, s.* exclude (id, lead)
from earning_lines as e
join line_states as s on e.id = s.id and e.lead = s.lead;

-- Lines that were paid as an event alone tells, with that event and its instant (null: not known). One that names what it
-- pays pays that; the others pay the lines of their lead in the order in which these were earned. What was paid stays paid
-- where its lead no longer qualifies. One row per line.
create or replace view told_payments as
with told as (
    select
        id, lead, about, happened_at, row_number() over (partition by lead, about order by happened_at, id) as place,
        count(*) over (partition by lead, about) as many
    from payouts_told
    where id not in (select id from voids) and happened_at <= (select max(as_of) from evaluation_runs)
),

beside as (
    select
        l.id, l.lead, l.state, n.id as named_by, n.happened_at as named_at,
        row_number() over (
            partition by l.lead, n.id is null order by l.state <> 'paid', l.earned_on, l.recorded_at, l.id
        ) as place
    from kept_lines as l
    left join told as n on l.lead = n.lead and l.earned_by = n.about and n.place = 1
    where l.kind <> 'adjustment' and (l.state = 'void' or (l.state = 'paid' and l.payment is null))
)

select
    b.id, b.lead, coalesce(b.named_by, t.id) as event, coalesce(b.named_at, t.happened_at) as paid_at
from beside as b
left join told as t
    on b.named_by is null and b.lead = t.lead and t.about is null and t.place = least(b.place, t.many)
where b.state = 'paid' or b.named_by is not null or t.place = b.place;

-- The same, kept. One row per line.
create table told_lines as from told_payments;

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
    from kept_lines as l
    left join paid_lines as p on l.id = p.id
    group by l.partner, l.program, l.currency, l.period
)

select *, owed - clawed_back - void - open - paid as difference from booked;
