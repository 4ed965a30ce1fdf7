-- Dated settings that were recorded by then and not taken back by then. One row per setting, day and recording.
select name, effective_on, recorded_at, value, recorded_by, source
from settings
where recorded_at <= $known_at and concat_ws(' ', name, effective_on, recorded_at) not in (
    select id from voids where relation = 'settings' and recorded_at <= $known_at
)
order by effective_on, recorded_at, name
