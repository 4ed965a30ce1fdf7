-- What was ever asked about given keys. One row per near match.
with found as (
    select id from near_matches where left_key in ($keys)
    union
    select id from near_matches where right_key in ($keys)
)

select * from near_matches where id in (select id from found)
