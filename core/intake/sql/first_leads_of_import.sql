-- The first leads that an import brought. One row per lead.
select id from leads where import = $import order by id limit $most
