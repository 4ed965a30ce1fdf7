-- Corrections of a line that stand. One row per correction.
select * from earning_lines where corrects = $line and id not in (select id from voids) order by recorded_at
