-- What must always hold and does not. One row per breach; none where all is well.
with live_approvals as (  -- outside a batch, by earlier versions
    select * from payout_approvals where id not in (select id from voids)
),

entered as (  -- of these the place alone says that they stand once
    select action, lead, after ->> '$.event' as id from journal where action in ('approve', 'record_deal')
),

versions as (
    select lead, max(version) as version from journal_leads group by lead
),

batched as (
    select l.id, l.batch, l.line, l.payment, l.amount, e.lead, e.earned_by, e.kind, e.amount as booked, e.id as found,
        r.result
    from live_batch_lines as l
    left join earning_lines as e on l.line = e.id
    left join standing_results as r on l.payment = r.payment
),

corrected as (
    select e.id, e.amount + sum(c.amount) as amount
    from earning_lines as e join earning_lines as c on e.id = c.corrects
    where c.id not in (select id from voids)
    group by e.id, e.amount
)

select 'A payout is approved twice' as what, lead || ' for ' || earned_by as id
from live_approvals group by lead, earned_by having count(*) > 1
union all
select 'A payout is paid twice', approval from payout_payments group by approval having count(*) > 1
union all
select 'A payout was paid without a standing approval', id
from payout_payments where approval not in (select id from live_approvals)
union all
select 'A payout was paid by who approved it', p.id
from payout_payments as p join live_approvals as a on p.approval = a.id where p.paid_by = a.approved_by
union all
select 'Payee details were confirmed by who recorded them', id
from payee_versions where confirmed_by = proposed_by
union all
select 'An approval does not hold its place', id
from live_approvals where id not in (select id from places)
union all
select case e.action when 'approve' then 'An approval does not hold its place' else 'A deal does not hold its place' end,
    e.id
from entered as e
left join places as p on e.id = p.id and (e.action <> 'approve' or p.key = 'approval/' || e.lead)
where p.id is null and e.id not in (select id from voids)
union all
select 'A place is held by what was taken back', id from places where id in (select id from voids)
union all
select 'The version of a lead is not that of its last change', coalesce(v.lead, w.lead)
from lead_versions as v full join versions as w on v.lead = w.lead
where v.version is distinct from w.version
union all
select 'A line stands in two batches', line from batched group by line having count(*) > 1
union all
select 'A line in a batch is not what was booked', id from batched where found is null or amount <> booked
union all
select 'A line in a batch does not hold its place', id from batched
where 'batched/' || line not in (select key from places where id = batched.id)
union all
select 'A line is in a batch and approved by itself', b.line
from batched as b join live_approvals as a on b.lead = a.lead and b.earned_by = a.earned_by and b.kind <> 'adjustment'
union all
select 'A payment is below nothing', payment from batch_lines group by payment having sum(amount) < 0
union all
select 'A payment is not one payee''s', payment
from batch_lines group by payment having count(distinct (batch, partner)) > 1
union all
select 'A payment that was paid is not known to its lead', b.id
from batched as b
left join events as e
    on e.type = 'payout_paid' and e.lead = b.lead and e.about = b.earned_by and e.amount = b.amount
    and e.id not in (select id from voids)
where b.result = 'paid' and b.kind <> 'adjustment' and e.id is null
union all
select 'A payment that came back is known to its lead as paid', e.id
from standing_returns as r
join batch_lines as b on r.payment = b.payment
join events as e on starts_with(e.id, 'paid-' || b.id || '-') and e.id not in (select id from voids)
union all
select 'A payment came back that was not paid, or twice', r.payment
from standing_returns as r
left join standing_results as p on r.payment = p.payment and p.result = 'paid' and p.paid_on <= r.returned_on
group by r.payment having count(p.id) <> 1
union all
select 'A payment arrived after all that had not failed', a.payment
from payment_arrivals as a
left join payment_results as r on a.payment = r.payment and r.result = 'failed'
where r.id is null
union all
select 'A batch was approved by who prepared it, or twice by one person', id
from batch_states where approved_by = prepared_by or second_approved_by in (prepared_by, approved_by)
union all
select 'What became of a payment was recorded by who approved it', r.id
from payment_results as r join batch_states as b on r.batch = b.id
where r.recorded_by in (b.approved_by, b.second_approved_by)
    and r.payment not in (select payment from batch_lines group by payment having sum(amount) = 0)
union all
select 'That a payment came back was recorded by who approved it', r.id
from payment_returns as r join batch_states as b on r.batch = b.id
where r.recorded_by in (b.approved_by, b.second_approved_by)
union all
select 'That a payment arrived was recorded by who approved it', a.id
from payment_arrivals as a join batch_states as b on a.batch = b.id
where a.recorded_by in (b.approved_by, b.second_approved_by)
union all
select 'A batch was given out without an approval', s.id
from batch_steps as s
left join batch_steps as a on s.batch = a.batch and a.step = 'approved' and a.recorded_at < s.recorded_at
where s.step = 'exported' and a.id is null
union all
select 'More was taken back than was earned', id from corrected where amount < 0
union all
select 'A correction was paid whose line is void and was never paid', c.id
from lines as c
join lines as l on c.corrects = l.id
where c.state = 'paid' and l.state = 'void'
    and l.id not in (
        select b.line from batch_lines as b join standing_results as r on b.payment = r.payment where r.result = 'paid'
    )
    and l.lead not in (
        select lead from events
        where type = 'payout_paid' and lead is not null and id not in (select id from voids)
    )
union all
select 'A line of a payment that counts as paid was taken back', b.id
from batch_lines as b join standing_results as r on b.payment = r.payment
where r.result = 'paid' and b.line in (select id from voids) and b.payment not in (select payment from standing_returns)
union all
select 'A line was booked in a closed month', e.id
from earning_lines as e
join period_closings as c on e.program = c.program and e.period < c.next_period and e.recorded_at > c.recorded_at
union all
select 'A payment was booked in a closed month', r.id
from (
    select id, batch, period, recorded_at from payment_results
    union all
    select id, batch, period, recorded_at from payment_arrivals
) as r
join batches as b on r.batch = b.id
join period_closings as c on b.program = c.program and r.period < c.next_period and r.recorded_at > c.recorded_at
union all
select 'A return was booked in a closed month', r.id
from payment_returns as r
join batches as b on r.batch = b.id
join period_closings as c on b.program = c.program and r.period < c.next_period and r.recorded_at > c.recorded_at
union all
select 'A refusal was told in a closed month', f.id
from refusals_at_closings as f
join period_closings as c on f.program = c.program and f.period < c.next_period and f.recorded_at > c.recorded_at
union all
select 'A return in a closed month was taken back', r.id
from voids as v
join payment_returns as r on v.id = r.id
join batches as b on r.batch = b.id
join period_closings as c on b.program = c.program and r.period < c.next_period and v.recorded_at > c.recorded_at
union all
select 'A correction in a closed month was taken back', e.id
from voids as v
join earning_lines as e on v.id = e.id
join period_closings as c on e.program = c.program and e.period < c.next_period and v.recorded_at > c.recorded_at
union all
select 'What was earned does not add up (' || difference || ')', concat_ws(', ', partner, program, currency, period)
from reconciliation where difference <> 0
union all
select 'A line is kept as something else than it counts as', id
from (
    (from line_states except from counted_lines)
    union
    (from counted_lines except from line_states)
)
union all
select 'A payment told of a line is kept otherwise than it is told', id
from (
    (from told_lines except from told_payments)
    union
    (from told_payments except from told_lines)
)
union all
select 'A payment is told beside the events otherwise than by its event', id
from (
    (
        select id, lead, about, amount, currency, happened_at from payouts_told
        except select id, lead, about, amount, currency, happened_at from events where type = 'payout_paid'
    )
    union
    (
        select id, lead, about, amount, currency, happened_at from events where type = 'payout_paid'
        except select id, lead, about, amount, currency, happened_at from payouts_told
    )
)
union all
select 'A deal is told beside the events otherwise than by its event', id
from (
    (
        select id, lead, type, transaction from deals_told
        except select id, lead, type, transaction from events where type in ('customer_payment', 'customer_refund')
    )
    union
    (
        select id, lead, type, transaction from events where type in ('customer_payment', 'customer_refund')
        except select id, lead, type, transaction from deals_told
    )
)
