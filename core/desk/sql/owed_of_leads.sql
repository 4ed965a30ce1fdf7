-- What given leads earned with a known amount, whoever paid it. One row per lead and what earned it.
select
    p.lead, p.earned_by, 'line-' || substr(md5(p.lead || chr(31) || p.earned_by), 1, 16) as id, p.payee, p.amount,
    p.currency
from payouts_owed as p
where p.lead in ($leads) and p.amount > 0 and p.status <> 'forfeited'
