-- The payees of a batch. One row per payee.
select distinct partner as id, payee_version from batch_lines where batch = $batch order by id
