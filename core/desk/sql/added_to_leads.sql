-- Leads that stood there before and that events or verdicts behind given rows name. One row per lead.
with named as (
    select lead from events where rowid > $events
    union
    select lead from verdicts where rowid > $verdicts
)

select lead from named where lead is not null and lead not in (select id from leads where rowid > $leads)
