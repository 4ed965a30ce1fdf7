-- Closings of an earlier version whose refusals are not written down, with the first month that was open until then (null:
-- all were). One row per closing, in order.
with closings as (
    select id, program, next_period, recorded_at,
        lag(next_period) over (partition by program order by next_period) as opens_on
    from period_closings
)

select * from closings
where id in (select closing from closings_without_refusals)
order by program, next_period
