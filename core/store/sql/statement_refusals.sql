-- What refused leads of a partner in a program until an instant: rejections by a person, and judgements that a criterion
-- is not met. One row each, with the instant at which it stood no more (null: it stands), in order.
-- reason: of the lead as it is decided now; criterion: null of a rejection.
with own as (
    select * from leads where partner = $partner and program = $program
),

judged as (
    select
        v.*, w.recorded_at as voided_at,
        lead(v.recorded_at) over (partition by v.lead, v.criterion order by v.happened_at, v.recorded_at, v.id) as next_at
    from verdicts as v
    left join voids as w on v.id = w.id
    where v.lead in (select id from own) and (w.id is null or v.verdict = 'fail')
),

refusals as (
    select e.id, e.lead, e.what as clause, null as criterion, e.reason as explanation, e.happened_at, e.recorded_at,
        w.recorded_at as ended_at
    from events as e
    left join voids as w on e.id = w.id
    where e.type = 'rejected' and e.lead in (select id from own)
    union all
    select id, lead, null, criterion, null, happened_at, recorded_at, least(voided_at, next_at)
    from judged where verdict = 'fail'
)

select
    r.*, v.disposition, v.reason, coalesce(o.name, c.company, c.full_name, r.lead) as lead_name
from refusals as r
join own as l on r.lead = l.id
join evaluations as v on l.id = v.lead
left join organizations as o on l.org = o.id
left join contacts as c on l.contact = c.id
where r.happened_at <= $as_of
order by r.happened_at, r.id
