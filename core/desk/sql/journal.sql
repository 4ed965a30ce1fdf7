-- The whole journal in order. One row per entry.
select * from journal order by number
