-- How far the leads came, for the chosen months and for those before. One row per `is_chosen`.
select
    is_chosen, count(*) as submitted, count(*) filter (step >= 1) as accepted, count(*) filter (step >= 2) as qualified,
    count(*) filter (step >= 3) as paid, quantile_cont(answer_days, 0.5) as answer_days
from scope
group by is_chosen
order by is_chosen desc
