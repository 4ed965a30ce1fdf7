-- What entries about given leads took back, with a note. One row per row taken back.
with undone as (
    select unnest(from_json(rows, '[["varchar"]]')) as place from journal
    where action = 'undo' and lead in (select unnest($leads::varchar[]))
)

select distinct v.id from voids as v join undone as u on u.place[1] = 'voids' and v.id = u.place[2]
where v.note is not null
order by v.id
