-- One sample lead for each thing that a first look should meet. One row per topic that the sample has.
-- Whether a lead is of the sample is asked only of those that would show something.
with met as (
    select 'earned' as topic, lead from evaluations
    where disposition = 'qualified' and lead in (select lead from payouts_owed where status in ('payable', 'blocked'))
    union all
    select 'known', lead from evaluations where reason = 'cerri.3.4'
    union all
    select 'clock', lead from evaluations where disposition = 'pending' and due_clock = 'reply_30d'
    union all
    select 'second', lead from evaluations where reason in ('ptr.conflict.1', 'ptr.conflict.2')
    union all
    select 'judge', lead from evaluations
    where disposition = 'pending' and list_contains(pending_on, 'potential_client')
)

select met.topic, min(met.lead) as lead
from met
join leads as l on l.id = met.lead
where regexp_full_match(l.id, '[CRP]-1[0-9]{6,}') and regexp_full_match(coalesce(l.contact, 'K1000000'), 'K1[0-9]{6,}')
group by met.topic
