-- Near matches with an answer that stands, the latest answer first. One row per near match.
with latest as (
    select near_match, arg_max(id, (happened_at, recorded_at, id)) as last, count(*) as answers
    from match_answers
    group by near_match
),

names as (
    select 'contacts' as source, id, coalesce(full_name, email) as name from contacts
    union all
    select 'organizations', id, coalesce(name, domain) from organizations
    union all
    select 'partners', id, coalesce(name, nullif(concat_ws(' ', first_name, last_name), '')) from partners
)

select
    m.id, m.kind, coalesce(l.name, m.left_record) as left_name, coalesce(r.name, m.right_record) as right_name,
    a.answer, a.decided_by, a.note, a.happened_at, s.answers
from latest as s
join match_answers as a on s.last = a.id
join near_matches as m on a.near_match = m.id
left join names as l on m.left_table = l.source and m.left_record = l.id
left join names as r on m.right_table = r.source and m.right_record = r.id
where a.answer <> 'open'
order by a.happened_at desc, m.id
limit $most
