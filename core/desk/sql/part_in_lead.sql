-- What a person did in qualifying, deciding or registering a lead, also where it was taken back. One row per deed.
with deeds as (
    select 'judged ' || criterion as what, happened_at, decided_by as person from verdicts where lead = $lead
    union all
    select type, happened_at, decided_by from events
    where lead = $lead and type in (
            'approved', 'accepted', 'rejected', 'confirmed', 'discretion', 'opportunity_created', 'ownership_extended'
        )
)

select what from deeds where lower(person) in (select name from names_of_people where person = $person) order by happened_at
