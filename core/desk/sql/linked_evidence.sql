-- Links that verdicts about given leads rest on. One row per piece of evidence.
select e.id from verdict_evidence as e join verdicts as v on e.verdict = v.id
where v.lead in (select unnest($leads::varchar[])) and e.link is not null
order by e.id
