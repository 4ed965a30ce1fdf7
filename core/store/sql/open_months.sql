-- The first month that is open, per program of which any month is closed. One row per program.
select program, max(next_period) as opens_on from period_closings group by program
