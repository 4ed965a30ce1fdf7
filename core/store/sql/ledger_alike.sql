-- Customer payments told or recorded more than once as far as one can see: on the same deal of the same lead, of the same
-- instant, currency and amount. One row per such payment and how often it stands.
with told as (
    select id, lead, transaction, coalesce(occurred_at, happened_at) as received_at, currency, about,
        coalesce(total_amount, subscription_amount + coalesce(other_amount, 0)) as amount
    from events
    where type = 'customer_payment' and id not in (select id from voids)
        and happened_at <= (select max(as_of) from evaluation_runs)
),

standing as (
    select t.* from told as t anti join told as c on t.id = c.about and t.lead = c.lead where t.amount is not null
)

select s.lead, l.program, s.transaction, s.received_at, s.currency, s.amount, count(*) as times
from standing as s
join leads as l on s.lead = l.id
group by all
having count(*) > 1
order by s.received_at desc, s.lead
