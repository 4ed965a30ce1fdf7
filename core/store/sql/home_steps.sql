-- When a person did something here, the latest first. One row per entry of theirs, up to some hundreds.
select recorded_at from journal where person = $person order by number desc limit 500
