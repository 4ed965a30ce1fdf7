-- Every grant that was not taken back. One row per grant.
select person, role, program, begins_at, ends_at
from grants
where id not in (select granted from revocations)
order by person, role, program
