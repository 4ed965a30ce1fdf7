-- Who changed how given partners are paid: by details or an event they recorded, or by a file they imported or loaded that
-- brought one or the partner's record. One row per deed.
with told as (
    select partner, decided_by, import from events
    where partner in (select unnest($partners::varchar[]))
        and type in ('payee_details_provided', 'payee_change_requested', 'wire_requested')
),

imports_of_person as (
    select json_extract_string(after, '$.import') as import from journal where action = 'import_file' and person = $person
)

select partner, decided_by as what from told
where lower(decided_by) in (select name from names_of_people where person = $person)
union all
select partner, id from payee_details where partner in (select unnest($partners::varchar[])) and proposed_by = $person
union all
select partner, import from told where import in (select import from imports_of_person)
union all
select id, import from partners
where id in (select unnest($partners::varchar[])) and import in (select import from imports_of_person)
union all
select record, id from loaded_records
where relation = 'partners' and record in (select unnest($partners::varchar[])) and loaded_by = $person
