-- The first deal won on a lead from the day of its standing acceptance on. One row per lead with one.
with accepted as (
    select
        s.no, s.as_of,
        min(e.happened_at) filter (where e.type = 'accepted') as first_at,
        max(e.happened_at) filter (where e.type = 'accepted') as last_at,
        max(e.happened_at) filter (where e.type = 'rejected') as rejected_at
    from events as e
    join subject as s on e.lead = s.lead
    where e.type in ('accepted', 'rejected') and e.happened_at <= s.as_of and e.recorded_at <= $known_at
        and s.program in (select program from asking)
    group by s.no, s.as_of
)

select a.no, min(e.happened_at) as won_at
from accepted as a
join subject as s on a.no = s.no
join events as e on s.lead = e.lead
where e.type = 'deal_won' and e.happened_at <= a.as_of and e.recorded_at <= $known_at
    and date_trunc('day', e.happened_at)
        >= date_trunc('day', case when a.last_at > a.rejected_at then a.last_at else a.first_at end)
group by a.no
