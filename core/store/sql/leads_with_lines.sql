-- Those of given leads that have earned anything. One row per lead.
select distinct lead from earning_lines where lead in ($leads)
