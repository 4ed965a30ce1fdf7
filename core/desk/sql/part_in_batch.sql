-- What a person did in qualifying, deciding or registering a lead of a batch, also where it was taken back.
-- One row per deed.
with inside as (
    select e.lead from batch_lines as b join earning_lines as e on b.line = e.id where b.batch = $batch
),

deeds as (
    select 'judged ' || criterion as what, lead, decided_by as person
    from verdicts where lead in (select lead from inside)
    union all
    select type, lead, decided_by
    from events
    where lead in (select lead from inside)
        and type in (
            'approved', 'accepted', 'rejected', 'confirmed', 'discretion', 'opportunity_created', 'ownership_extended'
        )
)

select what, lead from deeds
where lower(person) in (select name from names_of_people where person = $person)
order by lead, what
