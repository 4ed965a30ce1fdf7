-- The digests stand for the keys of a person in questions about look-alikes, the smaller key left.
with renamed as (
    select
        *, coalesce($digests[list_position($keys, left_key)], left_key) as one,
        coalesce($digests[list_position($keys, right_key)], right_key) as other
    from near_matches
    where id in (select unnest($ids::varchar[]))
)

update near_matches
set left_key = least(r.one, r.other), right_key = greatest(r.one, r.other),
    left_table = case when r.one < r.other then r.left_table else r.right_table end,
    left_record = case when r.one < r.other then r.left_record else r.right_record end,
    right_table = case when r.one < r.other then r.right_table else r.left_table end,
    right_record = case when r.one < r.other then r.right_record else r.left_record end
from renamed as r
where near_matches.id = r.id
