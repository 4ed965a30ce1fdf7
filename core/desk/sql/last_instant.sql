-- The instant of the last entry. One row or none.
select recorded_at from journal order by number desc limit 1
