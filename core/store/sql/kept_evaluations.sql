-- The kept evaluation of given leads. One row per lead.
select * from evaluations where lead in ($leads)
