-- Imports that brought something in, newest first. One row per import.
select
    imports.id, imports.file_name, imports.program, imports.kind, imports.imported_at, imports.accepted,
    imports.refused, imports.taken_back_at,
    coalesce(people.name, imports.taken_back_by) as taken_back_by
from imports
left join people on people.id = imports.taken_back_by
order by imports.imported_at desc, imports.id
