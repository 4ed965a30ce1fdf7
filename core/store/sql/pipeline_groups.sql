-- How far the leads of each group came: the largest by what was submitted, and the rest together (name null). Months all
-- stand, in their order. One row per group.
with keyed as (
    select
        step,
        case $by when 'program' then program when 'partner' then partner when 'channel' then channel
            else strftime(month, '%Y-%m') end as name
    from scope
    where is_chosen
),

counted as (
    select
        name, count(*) as submitted, count(*) filter (step >= 1) as accepted, count(*) filter (step >= 2) as qualified,
        count(*) filter (step >= 3) as paid
    from keyed
    group by name
),

placed as (
    select *, row_number() over (order by submitted desc, name) as place from counted
),

folded as (
    select
        case when place <= $most or $by = 'month' then name end as name, sum(submitted)::bigint as submitted,
        sum(accepted)::bigint as accepted, sum(qualified)::bigint as qualified, sum(paid)::bigint as paid
    from placed
    group by all
)

select
    folded.*,
    coalesce(partners.name, nullif(concat_ws(' ', partners.first_name, partners.last_name), '')) as partner_name
from folded
left join partners on $by = 'partner' and partners.id = folded.name
order by folded.name is null, case when $by = 'month' then folded.name end, submitted desc, folded.name
