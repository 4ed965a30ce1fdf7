-- What was added behind given rows of the tables that evaluation reads: what each row is named by, or the organization
-- that it speaks of. One row per added row.
select 'leads' as relation, id from leads where rowid > $leads
union all
select 'events', id from events where rowid > $events
union all
select 'verdicts', id from verdicts where rowid > $verdicts
union all
select 'contacts', id from contacts where rowid > $contacts
union all
select 'partners', id from partners where rowid > $partners
union all
select 'organizations', id from organizations where rowid > $organizations
union all
select 'organizations', organization from organization_owners where rowid > $organization_owners
union all
select 'organizations', organization from organization_products where rowid > $organization_products
union all
select 'history_coverage', org_key from history_coverage where rowid > $history_coverage
union all
select 'near_matches', id from near_matches where rowid > $near_matches
