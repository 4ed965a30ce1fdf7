-- The latest recording of a setting for one first day that was not taken back. One row or none.
select value from settings
where name = $name and effective_on = $effective_on
    and concat_ws(' ', name, effective_on, recorded_at) not in (select id from voids where relation = 'settings')
order by recorded_at desc
limit 1
