-- Who changed how a partner is paid: by details or an event they recorded, or by an import that brought one or the partner's
-- record. One row per deed.
with told as (
    select decided_by, import from events
    where partner = $partner and type in ('payee_details_provided', 'payee_change_requested', 'wire_requested')
),

imports_of_person as (
    select json_extract_string(after, '$.import') as import from journal where action = 'import_file' and person = $person
)

select decided_by as what from told where lower(decided_by) in (select name from names_of_people where person = $person)
union all
select id from payee_details where partner = $partner and proposed_by = $person
union all
select import from told where import in (select import from imports_of_person)
union all
select import from partners where id = $partner and import in (select import from imports_of_person)
