-- Keys that may be the same and about which nobody has answered, each way round. One row per key and look-alike.
-- Keys that people called the same stand under one root; an answer about any two of them is one about both roots.
with rooted as (
    select
        m.id, m.kind, coalesce(l.root, m.left_key) as left_key, coalesce(r.root, m.right_key) as right_key,
        m.left_table, m.left_record, m.right_table, m.right_record, m.score, m.is_lookalike, m.recorded_at
    from near_matches as m
    left join roots as l on m.kind = l.kind and m.left_key = l.key
    left join roots as r on m.kind = r.kind and m.right_key = r.key
    where m.recorded_at <= $as_of and m.recorded_at <= $known_at
),

settled as (
    select a.kind, coalesce(l.root, a.left_key) as left_key, coalesce(r.root, a.right_key) as right_key
    from answered as a
    left join roots as l on a.kind = l.kind and a.left_key = l.key
    left join roots as r on a.kind = r.kind and a.right_key = r.key
),

both_ways as (
    select kind, left_key as key, right_key as near_key, right_table as near_table, right_record as near_record, id, score, is_lookalike,
        recorded_at
    from rooted
    union all
    select kind, right_key, left_key, left_table, left_record, id, score, is_lookalike, recorded_at
    from rooted
),

open_ones as (
    select b.*
    from both_ways as b
    anti join (
        select kind, left_key as key, right_key as near_key from settled
        union all
        select kind, right_key, left_key from settled
    ) as s on b.kind = s.kind and b.key = s.key and b.near_key = s.near_key
    where b.key <> b.near_key
)

select
    o.kind, o.key, o.near_key,
    arg_max(o.id, (o.score, o.id)) as near_match,
    arg_max(
        coalesce(if(o.kind = 'person', c.full_name, c.company), g.name, p.name, nullif(concat_ws(' ', p.first_name, p.last_name), ''), o.near_record),
        (o.score, o.id)
    ) as near_name,
    bool_or(o.is_lookalike) as is_lookalike,
    min(o.recorded_at) as recorded_at
from open_ones as o
left join contacts as c on o.near_table = 'contacts' and o.near_record = c.id
left join organizations as g on o.near_table = 'organizations' and o.near_record = g.id
left join partners as p on o.near_table = 'partners' and o.near_record = p.id
group by o.kind, o.key, o.near_key
