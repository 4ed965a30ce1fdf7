-- Grants of a role to a person that were not taken back. One row per grant.
select id from grants
where person = $person and role = $role and program is not distinct from $program
    and id not in (select granted from revocations)
