-- Lines that were paid and are in question: no longer owed, or their customer was refunded or their lead disqualified
-- since, or paid elsewhere too. Nothing happens by itself; a person may take money back. One row per line that no
-- correction answers yet.
with flagged as (
    select lead, list_intersect(flags, ['refund_review', 'paid_then_disqualified']) as flags from evaluations
    where list_has_any(flags, ['refund_review', 'paid_then_disqualified'])
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
)

select
    l.* exclude (is_paid_twice), coalesce(p.partner_name, l.partner) as partner_name,
    list_concat(coalesce(f.flags, []), if(l.is_paid_twice, ['paid_twice'], [])) as flags
from paid as l
left join flagged as f on l.lead = f.lead
left join partner_names as p on l.partner = p.partner
where (l.owed_status is distinct from 'paid' or f.lead is not null or l.is_paid_twice)
    and l.id not in (
        select corrects from earning_lines where corrects is not null and id not in (select id from voids)
    )
order by l.earned_on desc, l.id
