-- Leads of which something kept may differ by time alone by then. One row per lead.
select lead from evaluations where next_at <= $as_of
