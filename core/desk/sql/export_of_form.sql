-- The first export of a batch in a form. One row or none.
select digest from batch_steps where batch = $batch and step = 'exported' and form = $form order by recorded_at limit 1
