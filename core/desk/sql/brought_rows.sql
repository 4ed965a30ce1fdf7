-- What an import brought of the tables that evaluation reads, named as in added_rows.sql. One row per row brought.
select 'leads' as relation, id from leads where import = $import
union all
select 'events', id from events where import = $import
union all
select 'contacts', id from contacts where import = $import
union all
select 'partners', id from partners where import = $import
union all
select 'organizations', id from organizations where import = $import
union all
select 'organizations', organization from organization_products where import = $import
union all
select 'history_coverage', org_key from history_coverage where import = $import
