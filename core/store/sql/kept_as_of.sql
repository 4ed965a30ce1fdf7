-- The instant that the kept evaluation stands for. One row, or none before the first evaluation.
select as_of from evaluation_runs
