-- What a partner was paid in a program, and what of it came back (below nothing), by the line that it paid.
-- One row per line and payment or return. paid_on and period are null where an event alone tells of it, by paid_at.
with told as (
    select lead, about, max(happened_at) as paid_at from events
    where type = 'payout_paid' and happened_at <= $as_of and id not in (select id from voids)
        and lead in (select id from leads where partner = $partner and program = $program)
    group by lead, about
),

mine as (
    select id, lead, earned_by, amount, currency, period, payment, paid_amount, state, batch
    from lines
    where partner = $partner and program = $program and state <> 'void'
),

batched as (
    select m.id as line, r.payment, b.amount, r.paid_on, r.period, r.reference, null as came_back
    from mine as m
    join batch_lines as b on m.id = b.line
    join payment_results as r on b.payment = r.payment and r.result = 'paid'
),

returned as (
    select m.id as line, r.id as payment, -b.amount as amount, r.returned_on as paid_on, r.period, null as reference,
        r.reason as came_back
    from mine as m
    join batch_lines as b on m.id = b.line
    join standing_returns as r on b.payment = r.payment
),

single as (
    select m.id as line, coalesce(m.payment, m.id) as payment, coalesce(m.paid_amount, m.amount) as amount,
        null::date as paid_on, null::date as period, null as reference, null as came_back
    from mine as m
    where m.state = 'paid' and m.batch is null
),

moved as (
    select * from batched
    union all
    select * from returned
    union all
    select * from single
)

select
    p.*, m.currency, m.period as booked_in, coalesce(own.paid_at, any_of.paid_at) as paid_at,
    coalesce(o.name, c.company, c.full_name, m.lead) as lead_name
from moved as p
join mine as m on p.line = m.id
left join told as own on m.lead = own.lead and m.earned_by = own.about
left join told as any_of on m.lead = any_of.lead and any_of.about is null
left join leads as s on m.lead = s.id
left join organizations as o on s.org = o.id
left join contacts as c on s.contact = c.id
order by p.paid_on nulls last, p.payment, p.line
