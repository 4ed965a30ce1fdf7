-- Empty what a refused row of a file held: its cells, and the reason, which may name one of them.
update import_refusals set cells = null, reason = $word where id in (select unnest($ids::varchar[]))
