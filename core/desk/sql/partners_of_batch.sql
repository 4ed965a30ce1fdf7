-- The payees of a batch, as far as it says who belongs to them. One row per payee.
select distinct b.partner as id, b.payee_version, p.address_key, p.org_key
from batch_lines as b left join partners as p on b.partner = p.id
where b.batch = $batch
order by id
