-- What must always hold and does not. One row per breach; none where all is well.
with live_approvals as (
    select * from payout_approvals where id not in (select id from voids)
),

versions as (
    select lead, max(version) as version from journal_leads group by lead
)

select 'A payout is approved twice' as what, lead || ' for ' || earned_by as id
from live_approvals group by lead, earned_by having count(*) > 1
union all
select 'A payout is paid twice', approval from payout_payments group by approval having count(*) > 1
union all
select 'A payout was paid without a standing approval', id
from payout_payments where approval not in (select id from live_approvals)
union all
select 'A payout was paid by who approved it', p.id
from payout_payments as p join live_approvals as a on p.approval = a.id where p.paid_by = a.approved_by
union all
select 'Payee details were confirmed by who recorded them', id
from payee_versions where confirmed_by = proposed_by
union all
select 'An approval does not hold its place', id
from live_approvals where id not in (select id from places)
union all
select 'A place is held by what was taken back', id from places where id in (select id from voids)
union all
select 'The version of a lead is not that of its last change', coalesce(v.lead, w.lead)
from lead_versions as v full join versions as w on v.lead = w.lead
where v.version is distinct from w.version
