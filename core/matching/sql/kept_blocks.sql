-- Whether the blocks of records are kept, all made by given rules. One row.
select count(*) > 0 and bool_and(made_by = $made_by) as are_kept from match_blocks
