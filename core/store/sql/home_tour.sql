-- One sample lead for each thing that a first look should meet. One row per topic that the sample has.
with sample_leads as (
    select e.*
    from evaluations as e
    join leads as l on l.id = e.lead
    where regexp_full_match(l.id, '[CRP]-1[0-9]{6,}')
        and regexp_full_match(coalesce(l.contact, 'K1000000'), 'K1[0-9]{6,}')
),

met as (
    select 'earned' as topic, lead from sample_leads
    where disposition = 'qualified' and lead in (select lead from payouts_owed where status in ('payable', 'blocked'))
    union all
    select 'known', lead from sample_leads where reason = 'cerri.3.4'
    union all
    select 'clock', lead from sample_leads where disposition = 'pending' and due_clock = 'reply_30d'
    union all
    select 'second', lead from sample_leads where reason in ('ptr.conflict.1', 'ptr.conflict.2')
    union all
    select 'judge', lead from sample_leads
    where disposition = 'pending' and list_contains(pending_on, 'potential_client')
)

select topic, min(lead) as lead from met group by topic
