-- A refund holds what was earned on its deal and not what its lead earned on others, and a correction answers it where it
-- corrects a line of that deal that still counts. A refund that another correction had answered holds again.

-- The deals on which customers paid and got back, apart from the many events that tell of something else. One row per
-- such event.
create table deals_told (
    id varchar not null,                     -- of the event
    lead varchar,
    type varchar not null,                   -- customer_payment or customer_refund
    transaction varchar                      -- as it stands in the event: the digest of one that was erased
);

insert into deals_told
select id, lead, type, transaction from events where type in ('customer_payment', 'customer_refund');

create trigger deals_are_told after insert on events referencing new table as fresh for each statement
insert into deals_told
select id, lead, type, transaction from fresh where type in ('customer_payment', 'customer_refund');

create trigger deals_are_told_otherwise after update on events referencing new table as fresh for each statement
update deals_told set transaction = fresh.transaction from fresh where deals_told.id = fresh.id;

create trigger deals_are_told_no_more after delete on events referencing old table as gone for each statement
delete from deals_told where id in (select id from gone);

-- What the lines of a lead wait for: an open dispute, an open conflict case on either lead, a finding of abuse that is
-- neither cleared nor resolved, a refund of the deal whose payments earned commissions (of all commissions, where its lead
-- has no payment on that deal), until a correction of one of them that counts answers it or a person lets it stand
-- (AMB-29). A hold is its kind and its id. earned_by: the lines of a lead that wait are those that this earned; null: all
-- of them. One row per lead, hold and what earned lines.
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

refunds as (
    select r.lead, r.id, r.recorded_at, list(p.id) filter (where p.id is not null) as payments
    from unresolved as r
    left join deals_told as d on r.id = d.id
    left join deals_told as p on r.lead = p.lead and d.transaction = p.transaction and p.type = 'customer_payment'
    where r.type = 'customer_refund'
    group by r.lead, r.id, r.recorded_at
),

refunded as (
    select
        r.lead, r.id as refund, l.earned_by,
        l.kind = 'adjustment' and l.recorded_at >= r.recorded_at and (
            coalesce(o.status <> 'forfeited', false) or l.corrects in (select line from live_batch_lines)
        ) as is_answer
    from refunds as r
    join earning_lines as l on r.lead = l.lead and l.kind in ('commission', 'adjustment')
    left join payouts_owed as o on l.lead = o.lead and l.earned_by = o.earned_by
    where l.id not in (select id from voids) and (r.payments is null or list_contains(r.payments, l.earned_by))
)

select lead, null::varchar as earned_by, 'dispute:' || id as hold from disputes
where id not in (select id from voids)
    and id not in (select dispute from dispute_resolutions where id not in (select id from voids))
union all
select lead, null, 'conflict:' || id from cases
union all
select other_lead, null, 'conflict:' || id from cases
union all
select f.lead, null, 'finding:' || f.id
from unresolved as f
left join cleared as c on f.lead = c.lead and c.cleared_at > f.happened_at
where f.type = 'abuse_finding' and c.lead is null
union all
select lead, unnest(list(distinct earned_by)), 'refund:' || refund
from refunded
group by lead, refund
having not bool_or(is_answer);

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

held as (
    select e.lead, e.id, list(h.hold order by h.hold) as holds
    from earning_lines as e
    join holds as h on e.lead = h.lead and (h.earned_by is null or e.earned_by = h.earned_by)
    group by e.lead, e.id
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
        when h.id is not null then 'held'
        when f.id is null and p.status = 'blocked' then 'blocked'
        else 'open'
    end as state
from earning_lines as e
left join owed as p on e.lead = p.lead and e.earned_by = p.earned_by
left join held as h on e.lead = h.lead and e.id = h.id
left join in_batches as b on e.id = b.line
left join singly as a on e.kind <> 'adjustment' and e.lead = a.lead and e.earned_by = a.earned_by
left join freed as f on e.id = f.id
where e.id not in (select id from voids);

delete from line_states;
insert into line_states from counted_lines;

delete from told_lines;
insert into told_lines from told_payments;
