-- What is kept of given leads. One row per row of duties.
select * from duties where lead in ($leads)
