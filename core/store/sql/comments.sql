-- Comments on a lead that were not taken back, newest first. One row per comment.
select id, person, note, mentions, recorded_at
from comments
where lead = $lead and id not in (select id from voids)
order by recorded_at desc
