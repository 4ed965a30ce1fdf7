-- How old the undecided leads are, by who works on them. One row per person (null: nobody) and bracket of age.
with counted as (
    select worker, age, count(*) as leads from scope where is_chosen and disposition = 'pending' group by all
)

select counted.*, coalesce(people.name, people.id) as worker_name, sum(leads) over (partition by worker)::bigint as of_worker
from counted
left join people on people.id = counted.worker
order by of_worker desc, worker, age
