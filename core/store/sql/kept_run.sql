-- The instant that the kept evaluation stands for, the first at which it may differ, its leads and by which rules it
-- was made. One row or none.
select as_of, changes_at, leads, made_by from evaluation_runs
