-- What a person did on the leads of a batch by given actions, or took back of them; what came from elsewhere and names
-- them; what they brought in of it by a file. One row per deed, what was done here first.
with inside as (
    select e.lead from batch_lines as b join earning_lines as e on b.line = e.id where b.batch = $batch
),

entries as (
    select number, if(action = 'undo', after ->> '$.action', action) as action from journal where person = $person
),

names as (
    select name from names_of_people where person = $person
),

imports_of_person as (
    select json_extract_string(after, '$.import') as import from journal where action = 'import_file' and person = $person
),

deeds as (
    select 0 as place, e.action as what, c.lead
    from journal_leads as c join entries as e on c.number = e.number
    where c.lead in (select lead from inside) and e.action in (select unnest($actions::varchar[]))
    union all
    select 1, 'judged ' || criterion, lead from verdicts
    where lead in (select lead from inside) and lower(decided_by) in (select name from names)
    union all
    select 1, type, lead from events
    where lead in (select lead from inside)
        and (lower(decided_by) in (select name from names) or lower(rep) in (select name from names))
        and type <> 'payout_paid'
        and ($is_approval or type not in ('deal_won', 'customer_payment', 'customer_refund'))
    union all
    select 1, 'imported ' || type, lead from events
    where lead in (select lead from inside) and import in (select import from imports_of_person)
    union all
    select 1, 'imported it', id from leads
    where id in (select lead from inside) and import in (select import from imports_of_person)
    union all
    select 1, 'loaded rows of it', record from loaded_records
    where relation = 'leads' and record in (select lead from inside) and loaded_by = $person
)

select what, lead from deeds order by place, lead, what
