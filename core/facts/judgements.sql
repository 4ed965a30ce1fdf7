-- The latest human verdict per lead and criterion. One row per lead and criterion.
-- Instant and verdict are packed into one number, so that one pass finds the latest; two different verdicts of the
-- same instant give different packings, and count as unknown.
with seen as (
    select
        s.no, v.criterion,
        max(epoch_us(v.happened_at) * 4 + case v.verdict when 'pass' then 0 when 'fail' then 1 else 2 end) as upper,
        max(epoch_us(v.happened_at) * 4 + 3 - case v.verdict when 'pass' then 0 when 'fail' then 1 else 2 end) as lower
    from verdicts as v
    join subject as s on v.lead = s.lead
    where v.happened_at <= s.cut_at and v.recorded_at <= $known_at
    group by s.no, v.criterion
)

select
    no, criterion,
    cast(case when upper % 4 = 3 - lower % 4 then upper % 4 else 2 end as utinyint) as verdict,
    make_timestamp(upper // 4) as judged_at
from seen
