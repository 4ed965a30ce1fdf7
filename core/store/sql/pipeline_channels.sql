-- How leads came in: the channel, or the list or trade show they are from. One row per channel, the most frequent first.
select
    case when source_context = 'normal' then coalesce(channel, 'unknown') else source_context end as channel,
    count(*) as leads
from leads
group by all
order by leads desc, channel
