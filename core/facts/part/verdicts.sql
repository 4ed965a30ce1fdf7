-- What people judged on given leads. One row per verdict that was not taken back.
select * from verdicts where lead in ($leads)
    and id not in (select id from voids where relation = 'verdicts')
