-- Lines that were paid and are in question: no longer owed, or their customer was refunded or their lead disqualified
-- since, or paid elsewhere too. Nothing happens by itself; a person may take money back. One row per line that no
-- correction answers yet.
with flagged as (
    select lead, list_intersect(flags, ['refund_review', 'paid_then_disqualified']) as flags from evaluations
    where list_has_any(flags, ['refund_review', 'paid_then_disqualified'])
),

told as (
    select lead, about, count(*) as payments from events
    where type = 'payout_paid' and lead is not null and id not in (select id from voids)
    group by lead, about
),

elsewhere as (
    select lead, count(*) as lines from lines
    where state = 'paid' and payment is null and kind <> 'adjustment'
        and lead in (select lead from told where about is null)
    group by lead
),

twice as (
    select lead, about from told where payments > 1 and about is not null
    union all
    select t.lead, null from told as t left join elsewhere as e on t.lead = e.lead
    where t.about is null and t.payments > coalesce(e.lines, 0)
),

paid_twice as (
    select distinct l.id
    from lines as l join twice as t on l.lead = t.lead and coalesce(t.about, l.earned_by) = l.earned_by
    where l.payment is not null and l.kind <> 'adjustment'
)

select
    l.*, coalesce(p.partner_name, l.partner) as partner_name,
    list_concat(coalesce(f.flags, []), if(t.id is not null, ['paid_twice'], [])) as flags
from lines as l
left join flagged as f on l.lead = f.lead
left join paid_twice as t on l.id = t.id
left join partner_names as p on l.partner = p.partner
where l.state = 'paid' and l.kind <> 'adjustment'
    and (l.owed_status is distinct from 'paid' or f.lead is not null or t.id is not null)
    and l.id not in (
        select corrects from earning_lines where corrects is not null and id not in (select id from voids)
    )
order by l.earned_on desc, l.id
