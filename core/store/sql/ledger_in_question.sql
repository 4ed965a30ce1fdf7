-- Lines that were paid and are in question: no longer owed, or their lead was disqualified since, or paid elsewhere too, and
-- no correction answers it; or their customer got money back, and nobody has looked at that refund. Nothing happens by
-- itself; a person may take money back. One row per line.
with disqualified as (
    select lead from evaluations where list_contains(flags, 'paid_then_disqualified')
),

put_into_batches as (
    select lead from earning_lines where id in (select line from live_batch_lines)
    union
    select lead from payout_approvals where id not in (select id from voids)
),

told as materialized (
    select lead, about, count(*) as payments from events
    where type = 'payout_paid' and lead in (from put_into_batches) and id not in (select id from voids)
    group by lead, about
),

unnamed as (
    select p.lead, count(*) as payouts
    from payouts_owed as p anti join told as t on p.lead = t.lead and p.earned_by = t.about
    where p.status = 'paid'
    group by p.lead
),

twice as (
    select lead, about from told where about is not null and payments > 1
),

more_than_once as (
    select t.lead from told as t left join unnamed as u on t.lead = u.lead
    where t.about is null and t.payments > coalesce(u.payouts, 0)
),

paid as (
    select
        *,
        payment is not null and (
            (lead, earned_by) in (select lead, about from twice) or lead in (select lead from more_than_once)
        ) as is_paid_twice
    from lines
    where state = 'paid' and kind <> 'adjustment'
),

answered as (
    select corrects from earning_lines where corrects is not null and id not in (select id from voids)
),

asked as (
    select
        *,
        id not in (from answered) as is_unanswered,
        len(list_filter(holds, lambda one: starts_with(one, 'refund:'))) > 0 as is_refunded,
        lead in (from disqualified) as is_disqualified
    from paid
)

select
    l.* exclude (is_paid_twice, is_unanswered, is_refunded, is_disqualified),
    coalesce(p.partner_name, l.partner) as partner_name,
    list_concat(
        if(l.is_refunded, ['refund_review'], []),
        if(l.is_unanswered and l.is_disqualified, ['paid_then_disqualified'], []),
        if(l.is_unanswered and l.is_paid_twice, ['paid_twice'], [])
    ) as flags
from asked as l
left join partner_names as p on l.partner = p.partner
where l.is_refunded
    or (l.is_unanswered and (l.owed_status is distinct from 'paid' or l.is_disqualified or l.is_paid_twice))
order by l.earned_on desc, l.id
