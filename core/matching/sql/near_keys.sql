-- Keys that given keys were ever asked about, and those beyond them, whatever was answered. One row per key.
with recursive links as (
    select left_key as key, right_key as other from near_matches where kind <> 'partner'
    union all
    select right_key, left_key from near_matches where kind <> 'partner'
),

reached as (
    select unnest($keys) as key
    union
    select l.other from reached as r join links as l on r.key = l.key
)

select key from reached
