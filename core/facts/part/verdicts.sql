-- What people judged on given leads. One row per verdict.
select * from verdicts where lead in ($leads)
