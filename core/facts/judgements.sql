-- Human verdicts that count. One row per verdict; `code`: 0 pass, 1 fail, 2 unknown.
select
    s.no, v.criterion, v.happened_at,
    cast(case v.verdict when 'pass' then 0 when 'fail' then 1 else 2 end as utinyint) as code
from verdicts as v
join subject as s on v.lead = s.lead
where v.happened_at <= s.cut_at and v.recorded_at <= $known_at
