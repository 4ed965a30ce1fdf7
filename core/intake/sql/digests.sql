-- The digest of each incoming line, in their order. One row per line.
select sha256(line) as digest from incoming order by place
