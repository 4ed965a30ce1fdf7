-- What is kept of given leads. One row per row of payouts_owed.
select * from payouts_owed where lead in ($leads)
