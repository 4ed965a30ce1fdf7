-- The latest answers that were given for a source, and with which file. At most one row.
select a.answers, i.file_name, i.imported_at
from import_answers as a
join imports as i on a.import = i.id
where a.source = $source
order by a.recorded_at desc, a.import desc
limit 1
