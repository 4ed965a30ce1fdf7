-- What a partner earned in a program and what became of it. One row per line that is owed or was paid, in order.
with told as (
    select lead, about, max(happened_at) as paid_at from events
    where type = 'payout_paid' and id not in (select id from voids)
        and lead in (select id from leads where partner = $partner and program = $program)
    group by lead, about
)

select
    l.id, l.lead, l.kind, l.amount, l.currency, l.clause, l.rate, l.base_amount, l.earned_on, l.period, l.reason, l.state, l.blockers,
    l.due_on, l.payment, l.paid_on, l.paid_period, coalesce(l.paid_amount, l.amount) as paid_amount,
    coalesce(own.paid_at, any_of.paid_at) as paid_at, r.reference,
    coalesce(o.name, c.company, c.full_name, l.lead) as lead_name
from lines as l
left join told as own on l.lead = own.lead and l.earned_by = own.about
left join told as any_of on l.lead = any_of.lead and any_of.about is null
left join payment_results as r on l.payment = r.payment
left join leads as s on l.lead = s.id
left join organizations as o on s.org = o.id
left join contacts as c on s.contact = c.id
where l.partner = $partner and l.program = $program and l.state <> 'void'
order by l.earned_on, l.lead, l.recorded_at, l.id
