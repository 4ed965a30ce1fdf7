-- A version of payee details with its confirmation. One row or none.
select * from payee_versions where id = $details
