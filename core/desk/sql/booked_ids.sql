-- Which of given lines are there. One row per line.
select id from earning_lines where id in ($ids)
