-- Which of given lines take something back. One row per line.
select id, corrects, amount, currency from earning_lines
where id in (select unnest($ids::varchar[])) and kind = 'adjustment' and amount < 0
order by id
