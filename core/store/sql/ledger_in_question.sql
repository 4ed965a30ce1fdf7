-- Lines that were paid and are in question: no longer owed, or their lead was disqualified since, or paid elsewhere too, or
-- paid with another amount or currency, as an event alone tells, and no correction answers it; or their customer got money
-- back, and nobody has looked at that refund. Nothing happens by itself; a person may take money back. One row per line.
with disqualified as (
    select lead from evaluations where list_contains(flags, 'paid_then_disqualified')
),

put_into_batches as (
    select lead from earning_lines where id in (select line from live_batch_lines)
    union
    select lead from payout_approvals where id not in (select id from voids)
),

told as materialized (
    select lead, about, count(*) as payments from payouts_told
    where lead in (from put_into_batches) and id not in (select id from voids)
    group by lead, about
),

unnamed as (
    select p.lead, count(*) as payouts
    from payouts_owed as p anti join told as t on p.lead = t.lead and p.earned_by = t.about
    where p.status = 'paid' and p.lead in (select lead from told where about is null)
    group by p.lead
),

twice as (
    select lead, about from told where about is not null and payments > 1
),

more_than_once as (
    select t.lead from told as t left join unnamed as u on t.lead = u.lead
    where t.about is null and t.payments > coalesce(u.payouts, 0)
),

-- Payments that name what they pay one by one, the others of a lead together: their order says nothing.
told_of_lines as materialized (
    select t.id, if(p.about is null, t.lead, t.event) as told_by, l.amount, l.currency
    from told_lines as t
    join payouts_told as p on t.event = p.id
    join earning_lines as l on t.id = l.id
),

told_by_events as materialized (
    select if(about is null, lead, id) as told_by, amount, currency
    from payouts_told
    where id in (select event from told_lines)
),

told_otherwise as (
    select l.told_by
    from (select told_by, sum(amount) as amount from told_of_lines group by told_by) as l
    join (
        select told_by, sum(amount) as amount from told_by_events group by told_by having count(*) = count(amount)
    ) as e on l.told_by = e.told_by
    where l.amount <> e.amount
    union
    select told_by from told_by_events as e
    where currency is not null
        and not exists (from told_of_lines as l where l.told_by = e.told_by and l.currency = e.currency)
),

lines_told_otherwise as (
    select id from told_of_lines where told_by in (from told_otherwise)
),

-- What may be in question, by what stands beside the lines: few of all.
asked as (
    select id, lead, owed_status, payment, holds from line_states
    where state = 'paid' and (
        owed_status is distinct from 'paid' or len(holds) > 0 or lead in (from disqualified)
        or lead in (select lead from twice) or lead in (from more_than_once) or id in (from lines_told_otherwise)
    )
),

paid as (
    select
        a.id, a.owed_status,
        a.id in (from lines_told_otherwise) as is_told_otherwise,
        a.payment is not null and (
            (a.lead, l.earned_by) in (select lead, about from twice) or a.lead in (from more_than_once)
        ) as is_paid_twice,
        len(list_filter(a.holds, lambda one: starts_with(one, 'refund:'))) > 0 as is_refunded,
        a.lead in (from disqualified) as is_disqualified
    from asked as a
    join earning_lines as l on a.id = l.id
    where l.kind <> 'adjustment'
),

found as (
    select
        id, is_paid_twice, is_refunded, is_disqualified, is_told_otherwise,
        id not in (
            select corrects from earning_lines where corrects is not null and id not in (select id from voids)
        ) as is_unanswered
    from paid
    where is_refunded or owed_status is distinct from 'paid' or is_disqualified or is_paid_twice
        or is_told_otherwise
)

select
    l.*, coalesce(p.partner_name, l.partner) as partner_name,
    list_concat(
        if(f.is_refunded, ['refund_review'], []),
        if(f.is_unanswered and f.is_disqualified, ['paid_then_disqualified'], []),
        if(f.is_unanswered and f.is_paid_twice, ['paid_twice'], []),
        if(f.is_unanswered and f.is_told_otherwise, ['told_otherwise'], [])
    ) as flags
from found as f
join kept_lines as l on f.id = l.id
left join partner_names as p on l.partner = p.partner
where f.is_refunded or f.is_unanswered
order by l.earned_on desc, l.id
