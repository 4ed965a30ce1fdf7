-- The digests of persons who were erased. One row per digest.
select id from erasures
