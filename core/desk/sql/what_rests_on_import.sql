-- What others have recorded on the leads, contacts, organizations and partners of an import: a change at the desk, a
-- verdict or event that it did not bring, or a record that refers to one. At most one row: what, on which record, and on how many.
with records as (
    select 'lead' as of_what, id as record from leads where import = $import
    union all
    select 'contact', id from contacts where import = $import
    union all
    select 'organization', id from organizations where import = $import
    union all
    select 'partner', id from partners where import = $import
    union all
    select 'event', id from events where import = $import
),

erased as (
    select place[1] as relation, place[2] as record
    from (select unnest(from_json(rows, '[["varchar"]]')) as place from journal where action = 'erase')
),

rests as (
    select 0 as place, 'a change at the desk' as what, 'lead' as of_what, lead as record
    from journal where lead is not null and action <> 'refused'
    union all
    select 1, 'an erasure', rtrim(relation, 's'), record from erased
    where relation in ('leads', 'contacts', 'organizations', 'partners', 'events')
    union all
    select 1 as place, 'a verdict' as what, 'lead' as of_what, lead as record from verdicts
    union all
    select 2, 'an event (' || type || ')', 'lead', lead from events where import is distinct from $import
    union all
    select 2, 'an event (' || type || ')', 'contact', contact from events where import is distinct from $import
    union all
    select 2, 'an event (' || type || ')', 'organization', org from events where import is distinct from $import
    union all
    select 2, 'an event (' || type || ')', 'partner', partner from events where import is distinct from $import
    union all
    select 2, 'an event (' || type || ')', 'partner', introduced_by from events where import is distinct from $import
    union all
    select 3, 'another lead', 'contact', contact from leads where import is distinct from $import
    union all
    select 3, 'another lead', 'organization', org from leads where import is distinct from $import
    union all
    select 3, 'another lead', 'partner', partner from leads where import is distinct from $import
    union all
    select 4, 'another contact', 'organization', org from contacts where import is distinct from $import
    union all
    select 4, 'another contact', 'partner', employer_partner from contacts where import is distinct from $import
    union all
    select 5, 'another organization', 'organization', parent from organizations where import is distinct from $import
    union all
    select 5, 'a product', 'organization', organization from organization_products where import is distinct from $import
    union all
    select 6, 'an answer about a look-alike', case m.left_table when 'contacts' then 'contact' when 'partners' then 'partner' else 'organization' end,
        m.left_record
    from near_matches as m join match_answers as a on m.id = a.near_match
    union all
    select 6, 'an answer about a look-alike', case m.right_table when 'contacts' then 'contact' when 'partners' then 'partner' else 'organization' end,
        m.right_record
    from near_matches as m join match_answers as a on m.id = a.near_match
    union all
    select 5, 'a batch of payouts', 'lead', e.lead from live_batch_lines as b join earning_lines as e on b.line = e.id
    union all
    select 5, 'an owner', 'organization', organization from organization_owners
    union all
    select 5, 'an ownership', 'partner', partner from organization_owners
)

select arg_min(r.what, (r.place, r.what, r.record)) as what, arg_min(r.of_what, (r.place, r.what, r.record)) as of_what,
    arg_min(r.record, (r.place, r.what, r.record)) as record, count(distinct (r.of_what, r.record)) as count
from rests as r
join records as k on r.of_what = k.of_what and r.record = k.record
having count(*) > 0
