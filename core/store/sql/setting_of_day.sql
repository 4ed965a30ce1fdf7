-- The latest recording of a setting for one first day. One row or none.
select value from settings where name = $name and effective_on = $effective_on order by recorded_at desc limit 1
