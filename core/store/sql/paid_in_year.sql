-- What partners (all, where none is named) were paid in a year, the days and instants of whose beginning and of that of the
-- next one are given for each program: payments of batches that did not come back, corrections taken off, and payments that
-- an event tells and no batch made. One row per partner and currency. Where a payment was told without its amount or
-- currency, those of the lines that it paid stand for it, else the one currency that its lead earned; unknown: payments
-- of which no amount is known.
with years as (
    select
        unnest($programs::varchar[]) as program, unnest($begins_on::date[]) as begins_on, unnest($ends_on::date[]) as ends_on,
        unnest($begins::timestamp[]) as begins, unnest($ends::timestamp[]) as ends
),

batched as (
    select l.payment, l.partner, b.program, b.currency, r.paid_on, e.lead, e.earned_by, l.amount
    from batch_lines as l
    join batches as b on l.batch = b.id
    join standing_results as r on l.payment = r.payment and r.result = 'paid'
    join earning_lines as e on l.line = e.id
    where l.payment not in (select payment from standing_returns)
),

told as (
    select t.id, t.lead, t.about, t.amount, t.currency, l.partner
    from payouts_told as t
    join leads as l on t.lead = l.id
    join years as y on l.program = y.program and t.happened_at >= y.begins and t.happened_at < y.ends
    where t.id not in (select id from voids) and ($partner::varchar is null or l.partner = $partner)
),

silent as (
    select id, lead from told where amount is null or currency is null
),

of_lines as materialized (
    select t.event as id, sum(l.amount) as amount, any_value(l.currency) as currency
    from told_lines as t
    join earning_lines as l on t.id = l.id
    where t.event in (select id from silent)
    group by t.event having count(distinct l.currency) = 1
),

earned as (
    select lead, min(currency) as currency from payouts_owed
    where lead in (select lead from silent where id not in (select id from of_lines))
    group by lead having count(distinct currency) = 1
),

paid as (
    select b.partner, b.currency, b.payment, b.amount
    from batched as b
    join years as y on b.program = y.program and b.paid_on >= y.begins_on and b.paid_on < y.ends_on
    where $partner::varchar is null or b.partner = $partner
    union all
    select
        t.partner, coalesce(t.currency, o.currency, w.currency), t.id,
        coalesce(t.amount, if(t.currency is null or t.currency = o.currency, o.amount, null))
    from told as t
    left join of_lines as o on t.id = o.id
    left join earned as w on t.lead = w.lead
    anti join batched as b on t.lead = b.lead and t.about = b.earned_by
)

select
    p.partner, n.partner_name, p.currency, coalesce(sum(p.amount), 0)::decimal(18, 2) as paid,
    count(distinct p.payment) as payments, count(distinct p.payment) filter (where p.amount is null) as unknown
from paid as p
left join partner_names as n on p.partner = n.partner
group by all
order by all
