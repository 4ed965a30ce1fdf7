-- What a person did in qualifying, deciding or registering a lead of a batch, or brought in of it by a file; for an
-- approval also what they recorded of the money it rests on. Also where it was taken back. One row per deed.
with inside as (
    select e.lead from batch_lines as b join earning_lines as e on b.line = e.id where b.batch = $batch
),

imports_of_person as (
    select json_extract_string(after, '$.import') as import from journal where action = 'import_file' and person = $person
),

deeds as (
    select 'judged ' || criterion as what, lead, decided_by as person
    from verdicts where lead in (select lead from inside)
    union all
    select type, lead, decided_by
    from events
    where lead in (select lead from inside) and (
            type in (
                'approved', 'accepted', 'rejected', 'confirmed', 'discretion', 'opportunity_created', 'ownership_extended'
            )
            or ($is_approval and type in ('deal_won', 'customer_payment', 'customer_refund'))
        )
)

select what, lead from deeds
where lower(person) in (select name from names_of_people where person = $person)
union all
select 'imported ' || type, lead from events
where lead in (select lead from inside) and import in (select import from imports_of_person)
union all
select 'imported it', id from leads
where id in (select lead from inside) and import in (select import from imports_of_person)
union all
select 'loaded rows of it', record from loaded_records
where relation = 'leads' and record in (select lead from inside) and loaded_by = $person
order by lead, what
