-- Stored rows that lay ahead of the kept moment and have happened by then. One row per stored row.
select relation, id from upcoming where happens_at <= $as_of
