-- One entry of the journal. One row or none.
select * from journal where number = $number
