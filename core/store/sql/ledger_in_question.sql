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
told_of_lines as (
    select
        if(p.about is null, t.lead, t.event) as told_by, sum(l.amount) as amount, list(distinct l.currency) as currencies
    from told_lines as t
    join payouts_told as p on t.event = p.id
    join earning_lines as l on t.id = l.id
    group by told_by
),

told_by_events as (
    select
        if(about is null, lead, id) as told_by, sum(amount) as amount, count(*) = count(amount) as is_whole,
        list(distinct currency) filter (where currency is not null) as currencies
    from payouts_told
    where id in (select event from told_lines)
    group by told_by
),

told_otherwise as (
    select told_by
    from told_of_lines as l
    join told_by_events as e using (told_by)
    where (e.is_whole and l.amount <> e.amount) or not list_has_all(l.currencies, coalesce(e.currencies, []))
),

paid as (
    select
        id, owed_status,
        id in (
            select t.id from told_lines as t
            where t.event in (from told_otherwise) or (
                t.lead in (from told_otherwise) and t.event in (select id from payouts_told where about is null)
            )
        ) as is_told_otherwise,
        payment is not null and (
            (lead, earned_by) in (select lead, about from twice) or lead in (select lead from more_than_once)
        ) as is_paid_twice,
        len(list_filter(holds, lambda one: starts_with(one, 'refund:'))) > 0 as is_refunded,
        lead in (from disqualified) as is_disqualified
    from kept_lines
    where state = 'paid' and kind <> 'adjustment'
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
