-- What was done to a batch, in order. One row per step.
select step, person, form, digest as sha256, recorded_at from batch_steps where batch = $batch order by recorded_at
