-- How many lines were booked by what a setting said from a day on. One row.
select count(*) as lines from earning_lines
where rule = $name and rule_from = $effective_on and id not in (select id from voids)
