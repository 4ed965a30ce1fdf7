-- Who gave the latest human verdict, and the id of it. One row per lead and criterion.
select j.no, j.criterion, min(v.decided_by) as judge, min(v.id) as judgement
from latest_judgements as j
join subject as s on j.no = s.no
join verdicts as v on s.lead = v.lead and j.criterion = v.criterion and j.judged_at = v.happened_at
where v.recorded_at <= $known_at
group by j.no, j.criterion
