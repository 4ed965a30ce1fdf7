-- The roles a person holds at an instant. One row per role and program; program null: every program.
select distinct role, program
from grants
where person = $person and begins_at <= $moment and coalesce(ends_at > $moment, true)
    and id not in (select granted from revocations)
order by role, program
