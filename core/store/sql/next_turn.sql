-- The first instant at which time alone may change something kept. One row.
select least(
    (select min(next_at) from evaluations), (select min(happens_at) from upcoming)
) as next_at
