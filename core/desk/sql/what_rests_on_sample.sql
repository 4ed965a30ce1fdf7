-- What somebody recorded on the leads, contacts, organizations and partners of the sample: a change at the desk, or a
-- row beside the sample that refers to one of them. At most one row: what, on which record, and on how many.
with records as (
    select 'lead' as of_what, id as record from leads where regexp_full_match(id, '[CRP]-1[0-9]{6,}')
    union all
    select 'contact', id from contacts where regexp_full_match(id, 'K1[0-9]{6,}')
    union all
    select 'organization', id from organizations where regexp_full_match(id, 'O1[0-9]{6,}')
    union all
    select 'partner', id from partners where regexp_full_match(id, '[ASP][1-9][0-9]{2,}')
    union all
    select 'setting', name from settings where recorded_by = 'sample'
),

events_beside as (
    select * from events where not regexp_full_match(id, 'E1[0-9]{6,}')
),

leads_beside as (
    select * from leads where not regexp_full_match(id, '[CRP]-1[0-9]{6,}')
),

answered as (
    select m.* from near_matches as m where m.id in (select near_match from match_answers)
),

rests as (
    select 0 as place, 'a change at the desk' as what, 'lead' as of_what, lead as record
    from journal
    where lead is not null and action <> 'refused'
    union all
    select 1, 'an event', 'lead', lead from events_beside
    union all
    select 1, 'an event', 'contact', contact from events_beside
    union all
    select 1, 'an event', 'organization', org from events_beside
    union all
    select 1, 'an event', 'partner', partner from events_beside
    union all
    select 2, 'a verdict', 'lead', lead from verdicts where not regexp_full_match(id, 'V1[0-9]{6,}')
    union all
    select 3, 'another lead', 'contact', contact from leads_beside
    union all
    select 3, 'another lead', 'organization', org from leads_beside
    union all
    select 3, 'another lead', 'partner', partner from leads_beside
    union all
    select 4, 'another contact', 'organization', org from contacts where not regexp_full_match(id, 'K1[0-9]{6,}')
    union all
    select 4, 'another contact', 'partner', employer_partner from contacts
    where not regexp_full_match(id, 'K1[0-9]{6,}')
    union all
    select 4, 'another organization', 'organization', parent from organizations
    where not regexp_full_match(id, 'O1[0-9]{6,}')
    union all
    select 5, 'an ownership', 'partner', partner from organization_owners
    where not regexp_full_match(organization, 'O1[0-9]{6,}')
    union all
    select 5, 'a person', 'partner', partner from people
    union all
    select 6, 'an answer about a look-alike', rtrim(left_table, 's'), left_record from answered
    union all
    select 6, 'an answer about a look-alike', rtrim(right_table, 's'), right_record from answered
    union all
    select 7, 'how they are paid', 'partner', partner from payee_details
    union all
    select 8, 'a batch of payouts', 'lead', e.lead
    from batch_lines as b
    join earning_lines as e on b.line = e.id
    join batch_states as s on b.batch = s.id
    where s.state in ('exported', 'settled')
    union all
    select 9, 'what another lead earned', 'setting', e.rule
    from earning_lines as e
    join settings as t on e.rule = t.name and e.rule_from = t.effective_on and t.recorded_by = 'sample'
    where not regexp_full_match(e.lead, '[CRP]-1[0-9]{6,}')
)

select arg_min(r.what, (r.place, r.record)) as what, arg_min(r.of_what, (r.place, r.record)) as of_what,
    arg_min(r.record, (r.place, r.record)) as record, count(distinct (r.of_what, r.record)) as count
from rests as r
join records as k on r.of_what = k.of_what and r.record = k.record
having count(*) > 0
