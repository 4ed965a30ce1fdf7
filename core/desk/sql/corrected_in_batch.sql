-- Corrections in a batch that a person made. One row per correction.
select e.id, e.lead from batch_lines as b join earning_lines as e on b.line = e.id
where b.batch = $batch and e.kind = 'adjustment' and e.recorded_by = $person
order by e.id
