-- Records that share a block which is no crowd, at least one of them new. One row per pair.
with shared as (
    select block from blocks group by block having count(*) between 2 and $most and bool_or(is_new)
),

members as (
    select b.* from blocks as b join shared as s on b.block = s.block
)

select distinct l.no as left_no, r.no as right_no
from members as l
join members as r on l.block = r.block and l.no < r.no
where l.is_new or r.is_new
