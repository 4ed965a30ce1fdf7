-- What the ids of look-alikes under a finding are. One row per id that is known.
with named as (
    select 'contacts' as source, id, coalesce(full_name, email) as name from contacts
    union all
    select 'organizations', id, coalesce(name, domain) from organizations
    union all
    select 'partners', id, coalesce(name, concat_ws(' ', first_name, last_name)) from partners
),

alike as (
    select m.id, 'near_match' as kind, m.kind as type, m.score,
        concat_ws(' and ', l.name, case when r.name is distinct from l.name then r.name end) as name
    from near_matches as m
    left join named as l on m.left_table = l.source and m.left_record = l.id
    left join named as r on m.right_table = r.source and m.right_record = r.id
    where m.id in ($ids)
)

select * from alike order by id
