-- Names of people and companies that are spelled most like what was searched for, with the leads behind them. One row
-- per name, the likest first.
with wanted as (
    select strip_accents(lower(trim($search::varchar))) as name
),

names as (
    select name from organizations where name is not null
    union
    select company from contacts where company is not null
    union
    select full_name from contacts where full_name is not null
),

measured as (
    select
        n.name,
        greatest(
            jaro_winkler_similarity(strip_accents(lower(n.name)), w.name),
            jaro_winkler_similarity(split_part(strip_accents(lower(n.name)), ' ', 1), w.name)
        ) as likeness
    from names as n, wanted as w
),

likest as (
    select * from measured where likeness >= 0.85 order by likeness desc, name limit 12
),

of_leads as (
    select n.name, n.likeness, l.id
    from likest as n
    join organizations as o on o.name = n.name
    join leads as l on l.org = o.id
    union
    select n.name, n.likeness, l.id
    from likest as n
    join contacts as c on c.company = n.name or c.full_name = n.name
    join leads as l on l.contact = c.id
)

select name, count(*) as leads from of_leads group by name, likeness order by likeness desc, leads desc, name limit 3
