-- The latest decision on a lead that was not taken back. One row or none.
-- Its events are looked up first: put in order at once, every event would be looked through.
with own as materialized (
    select id, type, decision, happened_at, recorded_at from events where lead = $lead
)

select type
from own
where (
        type in ('accepted', 'rejected', 'approved', 'confirmed', 'withdrawn', 'disassociated')
        or (type = 'discretion' and decision = 'reject')
    )
    and id not in (select id from voids)
order by happened_at desc, recorded_at desc, id desc
limit 1
