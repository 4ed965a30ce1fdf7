-- How many rows stand in the tables with the most and largest indexes. One row.
select
    (select count(*) from leads) + (select count(*) from contacts) + (select count(*) from events)
    + (select count(*) from verdicts) + (select count(*) from evaluations) as stored
