-- Take away the blocks of all records of a kind, to make them again.
delete from match_blocks where kind = $kind
