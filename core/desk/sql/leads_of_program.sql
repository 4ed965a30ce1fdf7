-- The leads of a program, or of all. One row per lead.
select id as lead from leads where $program is null or program = $program
