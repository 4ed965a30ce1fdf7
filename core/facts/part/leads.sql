-- Given leads. One row per lead.
select * from leads where id in ($ids)
