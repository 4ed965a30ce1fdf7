-- An import with all that its report says beside rows and leads. At most one row.
with latest as (
    select near_match, arg_max(answer, (happened_at, recorded_at, id)) as answer from match_answers group by near_match
)

select
    i.id, i.file_name, i.program, i.kind, i.imported_at, i.rows_read, i.accepted, i.refused, i.report, i.taken_back_at,
    coalesce(p.name, i.taken_back_by) as taken_back_by,
    (select count(*) from near_matches where import = i.id) as look_alikes,
    (select count(*) from near_matches as m left join latest as a on m.id = a.near_match
    where m.import = i.id and coalesce(a.answer, 'open') = 'open') as open_look_alikes
from imports as i
left join people as p on p.id = i.taken_back_by
where i.id = $import
