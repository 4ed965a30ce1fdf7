-- Empty the links of pieces of evidence.
update verdict_evidence set link = $word where id in (select unnest($ids::varchar[]))
