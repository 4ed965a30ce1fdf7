-- Both sides of given near matches. One row per near match and side.
select kind, left_key as key from near_matches where id in ($ids)
union all
select kind, right_key from near_matches where id in ($ids)
