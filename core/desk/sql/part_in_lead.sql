-- What a person did on a lead by given actions, or took back of it; what came from elsewhere and names them; what they
-- brought in of it by a file. One row per deed, what was done here first.
with entries as (
    select number, if(action = 'undo', after ->> '$.action', action) as action from journal where person = $person
),

names as (
    select name from names_of_people where person = $person
),

imports_of_person as (
    select json_extract_string(after, '$.import') as import from journal where action = 'import_file' and person = $person
),

deeds as (
    select 0 as place, e.action as what
    from journal_leads as c join entries as e on c.number = e.number
    where c.lead = $lead and e.action in (select unnest($actions::varchar[]))
    union all
    select 1, 'judged ' || criterion from verdicts
    where lead = $lead and lower(decided_by) in (select name from names)
    union all
    select 1, type from events
    where lead = $lead and (lower(decided_by) in (select name from names) or lower(rep) in (select name from names))
        and type not in ('payout_paid', 'deal_won', 'customer_payment', 'customer_refund')
    union all
    select 1, 'imported ' || type from events where lead = $lead and import in (select import from imports_of_person)
    union all
    select 1, 'imported it' from leads where id = $lead and import in (select import from imports_of_person)
    union all
    select 1, 'loaded rows of it' from loaded_records
    where relation = 'leads' and record = $lead and loaded_by = $person
)

select what from deeds order by place, what
