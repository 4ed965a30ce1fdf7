-- A wire goes to an account that a second person confirmed, so a line that would be wired elsewhere is blocked until then.

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
    left join payment_results as r on l.payment = r.payment
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
