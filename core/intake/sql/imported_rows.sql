-- Which of the incoming rows were accepted before, from which file. One row per incoming row that was.
select r.digest, i.imported_at, i.file_name
from incoming as n
join import_rows as r on n.digest = r.digest
join imports as i on r.import = i.id
