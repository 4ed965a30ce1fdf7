-- How long leads stayed in each state: the middle and the slowest tenth of those that left it, in days, and how many are
-- in it. One row per state.
with stays as (
    select 'submitted' as state, answer_days as days, waits_in = 'submitted' as is_waiting from scope where is_chosen
    union all
    select 'accepted', accepted_days, waits_in = 'accepted' from scope where is_chosen
    union all
    select 'earned', earned_days, waits_in = 'earned' from scope where is_chosen
)

select
    state, quantile_cont(days, 0.5) as median_days, quantile_cont(days, 0.9) as slow_days, count(days) as left,
    count(*) filter (is_waiting) as waiting
from stays
group by state
