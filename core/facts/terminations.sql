-- When a program was ended. One row per ended program and side-by-side document.
select program, min(happened_at) as terminated_at, min(id) as id
from events
where id in (select id from wide_events where program is not null) and happened_at <= $as_of and recorded_at <= $known_at
group by program, case when contains(id, chr(31)) then split_part(id, chr(31), 1) end
