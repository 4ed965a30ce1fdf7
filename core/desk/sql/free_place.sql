-- The place that a row held, when the row is taken back. One row or none.
delete from places where id = $id
