-- By which clause leads were rejected or have expired. One row per reason and disposition, the most frequent first.
select coalesce(reason, 'unknown') as reason, disposition, count(*) as leads
from scope
where is_chosen and disposition in ('rejected', 'expired')
group by all
order by leads desc, reason, disposition
