-- Corrections of a line that stand. One row per correction.
select * from lines where corrects = $line order by recorded_at
