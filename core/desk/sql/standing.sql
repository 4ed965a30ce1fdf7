-- The latest decision on a lead that was not taken back. One row or none.
select type
from events
where lead = $lead
    and (
        type in ('accepted', 'rejected', 'approved', 'confirmed', 'withdrawn', 'disassociated')
        or (type = 'discretion' and decision = 'reject')
    )
    and id not in (select id from voids)
order by happened_at desc, recorded_at desc, id desc
limit 1
