-- The kept conflicts that given leads lost. One row per losing lead.
select * from conflicts where loser in ($leads)
