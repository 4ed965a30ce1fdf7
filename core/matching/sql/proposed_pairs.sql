-- Pairs that were ever proposed. One row per pair.
select kind, left_key, right_key from near_matches
