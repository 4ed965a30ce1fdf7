-- Leads that an import brought. One row per lead.
select id from leads where import = $brought_by
