-- Batches, the latest first. One row per batch.
select * from batch_states
where ($batch::varchar is null or id = $batch) and ($program::varchar is null or program = $program)
order by recorded_at desc
