-- What a person did in qualifying, deciding or registering a lead, also where it was taken back. One row per deed.
with named as (
    select $person as name
    union all
    select name from people where id = $person and name is not null
    union all
    select email from people where id = $person and email is not null
),

deeds as (
    select 'judged ' || criterion as what, happened_at, decided_by as person from verdicts where lead = $lead
    union all
    select type, happened_at, decided_by from events
    where lead = $lead and type in ('approved', 'accepted', 'rejected', 'confirmed', 'discretion', 'opportunity_created')
)

select what from deeds where lower(person) in (select lower(name) from named) order by happened_at
