-- The versions of given leads, before the new ones are written. One row per lead.
delete from lead_versions where lead in (select unnest($leads::varchar[]))
