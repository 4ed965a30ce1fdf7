-- Empty what a refused row of a file held: its cells, and what may name one of them.
update import_refusals set cells = null, refused_column = null, reason = $word where id in (select unnest($ids::varchar[]))
