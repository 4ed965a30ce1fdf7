-- Batches that pay leads of the sample and were not given out or given up. One row per batch.
select s.id
from batch_states as s
where s.state in ('prepared', 'approved') and s.id in (
    select b.batch from batch_lines as b
    join earning_lines as e on b.line = e.id
    where regexp_full_match(e.lead, '[CRP]-1[0-9]{6,}')
)
order by s.id
