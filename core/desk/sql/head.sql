-- The last entry of the journal. One row or none.
select number, hash from journal order by number desc limit 1
