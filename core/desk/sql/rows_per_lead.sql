-- How many rows speak of a lead. One row per lead.
with rows as (
    select lead from events where lead is not null
    union all
    select lead from verdicts
    union all
    select id from leads
)

select lead, count(*) as rows from rows group by lead
