-- What a partner earned in a program and what it counts as. One row per line, in order.
with own as (
    select * from kept_lines where partner = $partner and program = $program
),

about as (
    select id, org, contact from leads where id in (select lead from own)
),

named as (
    select a.id as lead, coalesce(o.name, c.company, c.full_name) as name
    from about as a
    left join (from organizations where id in (select org from about)) as o on a.org = o.id
    left join (from contacts where id in (select contact from about)) as c on a.contact = c.id
)

select
    l.id, l.lead, l.kind, l.amount, l.currency, l.clause, l.rate, l.base_amount, l.earned_on, l.period, l.reason, l.state,
    l.blockers, l.paid_on, coalesce(n.name, l.lead) as lead_name
from own as l
left join named as n on l.lead = n.lead
order by l.earned_on, l.lead, l.recorded_at, l.id
