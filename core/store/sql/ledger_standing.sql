-- Where lines stand, added up. One row per currency, state, and whether they are past their due day.
select
    currency, state, is_overdue and state not in ('paid', 'void') as is_overdue, count(*) as lines,
    sum(amount) as amount
from lines
where ($program::varchar is null or program = $program)
    and ($partner::varchar is null or partner = $partner)
    and ($blocker::varchar is null or (state = 'blocked' and list_contains(blockers, $blocker)))
group by all
order by all
