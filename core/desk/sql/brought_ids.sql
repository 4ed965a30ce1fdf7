-- Ids of the rows of a table that an import brought. One row per id.
with brought as (
    select 'leads' as relation, id from leads where import = $import
    union all
    select 'contacts', id from contacts where import = $import
    union all
    select 'organizations', id from organizations where import = $import
    union all
    select 'events', id from events where import = $import
    union all
    select 'partners', id from partners where import = $import
)

select id from brought where relation = $table
