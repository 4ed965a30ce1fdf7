-- What a person did in qualifying, deciding or registering a lead, or brought in of it by a file. Also where it was taken
-- back. One row per deed.
with imports_of_person as (
    select json_extract_string(after, '$.import') as import from journal where action = 'import_file' and person = $person
),

deeds as (
    select 'judged ' || criterion as what, happened_at, decided_by as person from verdicts where lead = $lead
    union all
    select type, happened_at, decided_by from events
    where lead = $lead and type in (
            'approved', 'accepted', 'rejected', 'confirmed', 'discretion', 'opportunity_created', 'ownership_extended'
        )
)

select what, happened_at from deeds where lower(person) in (select name from names_of_people where person = $person)
union all
select 'imported ' || type, happened_at from events
where lead = $lead and import in (select import from imports_of_person)
union all
select 'imported it', submitted_at from leads where id = $lead and import in (select import from imports_of_person)
union all
select 'loaded rows of it', recorded_at from loaded_records
where relation = 'leads' and record = $lead and loaded_by = $person
order by happened_at, what
