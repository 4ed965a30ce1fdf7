-- The programs that a partner sends leads to. One row per program.
select distinct program from leads where partner = $partner order by program
