-- What was last set of a setting for a first day and not taken back. One row or none.
select concat_ws(' ', name, effective_on, recorded_at) as id, value, recorded_at
from settings
where name = $name and effective_on = $effective_on
    and concat_ws(' ', name, effective_on, recorded_at) not in (select id from voids where relation = 'settings')
order by recorded_at desc
limit 1
