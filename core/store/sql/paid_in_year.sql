-- What partners (all, where none is named) were paid in a program between two instants, the second left out. One row per
-- partner and currency; where a payment was told without one, that of what its lead earned, if that is one.
with earned as (
    select lead, min(currency) as currency from payouts_owed
    group by lead having count(distinct currency) = 1
)

select
    l.partner, n.partner_name, coalesce(e.currency, w.currency) as currency, sum(e.amount) as paid, count(*) as payments
from events as e
join leads as l on e.lead = l.id
left join earned as w on e.currency is null and e.lead = w.lead
left join partner_names as n on l.partner = n.partner
where e.type = 'payout_paid' and e.amount is not null and l.program = $program
    and ($partner::varchar is null or l.partner = $partner)
    and e.happened_at >= $begins and e.happened_at < $ends and e.id not in (select id from voids)
group by all
order by all
