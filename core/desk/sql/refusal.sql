-- A refused row of a file, where it still holds its cells. At most one row.
select id from import_refusals where id = $id and cells is not null
