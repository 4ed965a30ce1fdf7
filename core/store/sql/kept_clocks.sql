-- What is kept of given leads. One row per row of clocks.
select * from clocks where lead in ($leads)
