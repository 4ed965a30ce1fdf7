-- Records that share blocks with those of `fresh`, and these blocks; one behind which a crowd stands is none.
-- One row per record, those of `fresh` among them.
with wanted as (
    select distinct unnest(blocks) as block from fresh
),

held as (
    select source, record, unnest(blocks) as block from match_blocks where kind = $kind
),

shared as (
    select distinct source, record, block from held where block in (select block from wanted)
),

sized as (
    select *, count(*) over (partition by block) as records from shared
)

select source, record, list(block) as blocks from sized where records between 2 and $most group by source, record
