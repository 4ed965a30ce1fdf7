-- What is earned and not paid, by the month in which it is due, whatever month the lead came in. One row per currency,
-- month (null: no due day is known), status, whether its day is over and whether the amount is known.
select
    p.currency, date_trunc('month', p.due_on)::date as due_month, p.status, p.is_overdue,
    p.amount is not null as is_known, count(*) as payouts, sum(p.amount)::decimal(18, 2) as amount
from payouts_owed as p
join leads as l on l.id = p.lead
where p.status in ('payable', 'blocked')
    and ($program::varchar is null or l.program = $program) and ($partner::varchar is null or l.partner = $partner)
    and ($channel::varchar is null or $channel
        = case when l.source_context = 'normal' then coalesce(l.channel, 'unknown') else l.source_context end)
group by all
order by currency, due_month nulls last, status, is_overdue, is_known
