-- An erasure by its digest. One row or none.
select id from erasures where id = $id
