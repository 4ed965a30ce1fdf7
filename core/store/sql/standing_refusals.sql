-- Leads of a program that are rejected as of an instant and were not told so when a month was closed. One row per lead: by
-- a person's last rejection, one with an explanation first, else by the first judgement that decides, else by the rule
-- where the partner is owed a reason.
-- criteria: all of the program, in the order of their letters; silent: those by which no lead is rejected.
-- happened_at: of a rule when the lead became rejected as far as the journal tells, else when it was submitted.
with rejected as (
    select l.id as lead, l.partner, l.submitted_at, v.reason, v.verdicts
    from leads as l
    join evaluations as v on l.id = v.lead
    where l.program = $program and ($partner::varchar is null or l.partner = $partner) and v.disposition = 'rejected'
),

decided as (
    select e.id as record, e.lead, e.type, e.what, e.happened_at, trim(coalesce(e.reason, '')) <> '' as is_explained
    from events as e
    where e.type in ('accepted', 'rejected') and e.lead in (select lead from rejected) and e.happened_at <= $as_of
        and e.id not in (select id from voids)
),

accepted as (
    select lead, max(happened_at) as accepted_at from decided where type = 'accepted' group by lead
),

by_person as (
    select d.lead, arg_max(d, (d.is_explained, d.happened_at, d.record)) as last
    from decided as d
    left join accepted as a on d.lead = a.lead
    where d.type = 'rejected' and (a.lead is null or d.happened_at >= a.accepted_at)
    group by d.lead
),

others as (
    select lead, verdicts from rejected where lead not in (select lead from by_person)
),

verdicts_of_others as materialized (
    select id as record, lead, criterion, verdict, happened_at, recorded_at
    from verdicts
    where lead in (select lead from others) and happened_at <= $as_of and id not in (select id from voids)
),

failed as (
    select v.*
    from verdicts_of_others as v
    join others as r on v.lead = r.lead
    where v.verdict = 'fail' and v.criterion not in (select unnest($silent::varchar[]))
        and substr(r.verdicts, list_position($criteria::varchar[], v.criterion), 1) = 'F'
),

followed as (
    select f.record
    from failed as f
    join verdicts_of_others as v on f.lead = v.lead and f.criterion = v.criterion
    where v.verdict <> 'fail' and (v.happened_at, v.recorded_at, v.record) > (f.happened_at, f.recorded_at, f.record)
),

judged as (
    select lead, arg_min(f, (happened_at, record)) as first
    from failed as f
    where record not in (select record from followed)
    group by lead
),

became as (
    select c.lead, max(j.recorded_at) as became_at
    from journal_leads as c
    join journal as j on c.number = j.number
    where c.disposition = 'rejected' and c.disposition_before <> 'rejected' and j.recorded_at <= $as_of
        and c.lead in (select lead from rejected)
    group by c.lead
),

explained as (
    select lead from duties where duty = 'explain_rejection' and lead in (select lead from rejected)
),

told as (
    select lead, max(recorded_at) as told_at, list(record) as records
    from refusals_at_closings where program = $program
    group by lead
),

refused as (
    select
        r.lead, r.partner, r.reason, t.told_at, t.records, b.became_at,
        case when p.lead is not null then 'rejection' when j.lead is not null then 'judgement' else 'rule' end as kind,
        coalesce(p.last.record, j.first.record) as record,
        j.first.criterion as criterion,
        p.last.what as what,
        coalesce(p.last.happened_at, j.first.happened_at, b.became_at, r.submitted_at) as happened_at
    from rejected as r
    left join by_person as p on r.lead = p.lead
    left join judged as j on r.lead = j.lead
    left join became as b on r.lead = b.lead
    left join explained as e on r.lead = e.lead
    left join told as t on r.lead = t.lead
    where p.lead is not null or j.lead is not null or e.lead is not null
)

-- What was told is told once more where the lead was rejected anew since, or a person rejected it.
select lead, partner, kind, record, criterion, what, reason, happened_at
from refused
where not coalesce(list_contains(records, record), false)
    and (kind = 'rejection' or told_at is null or became_at > told_at)
