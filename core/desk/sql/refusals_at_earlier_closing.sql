-- What an earlier version told as refusals of a program's leads when a month was closed, as known then: rejections by
-- a person and judgements that a criterion is not met. One row each, in order.
-- A judgement counts where nothing had refused its lead when it came; silent: criteria by which no lead is rejected.
with own as (
    select id, partner from leads where program = $program
),

judged as (
    select
        v.id, v.lead, v.criterion, v.verdict, v.happened_at, w.recorded_at as voided_at,
        lead(v.recorded_at) over (partition by v.lead, v.criterion order by v.happened_at, v.recorded_at, v.id) as next_at
    from verdicts as v
    left join voids as w on v.id = w.id and w.recorded_at <= $closed_at
    where v.lead in (select id from own) and v.recorded_at <= $closed_at and (w.id is null or v.verdict = 'fail')
        and v.criterion not in (select unnest($silent::varchar[]))
),

refusals as (
    select 'rejection' as kind, e.id as record, e.lead, e.what, null as criterion, e.happened_at, w.recorded_at as ended_at
    from events as e
    left join voids as w on e.id = w.id and w.recorded_at <= $closed_at
    where e.type = 'rejected' and e.lead in (select id from own) and e.recorded_at <= $closed_at
    union all
    select 'judgement', id, lead, null, criterion, happened_at, least(voided_at, next_at)
    from judged where verdict = 'fail'
),

later as (
    select distinct r.record
    from refusals as r
    join refusals as b on r.lead = b.lead and (b.happened_at, b.record) < (r.happened_at, r.record)
    where r.kind = 'judgement' and (b.ended_at is null or b.ended_at > r.happened_at)
),

decided as (
    select c.lead, arg_max(c.disposition, c.number) as disposition
    from journal_leads as c
    join journal as j on c.number = j.number
    where j.recorded_at <= $closed_at
    group by c.lead
)

select r.kind, r.record, r.lead, l.partner, r.criterion, r.what, v.reason, r.happened_at
from refusals as r
join own as l on r.lead = l.id
left join evaluations as v on r.lead = v.lead
left join decided as d on r.lead = d.lead
where r.ended_at is null and coalesce(d.disposition, v.disposition, 'rejected') = 'rejected'
    and r.record not in (select record from later)
order by r.happened_at, r.record
