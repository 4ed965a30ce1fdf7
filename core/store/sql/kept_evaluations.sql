-- The kept evaluation of given leads, or of all. One row per lead.
select * from evaluations where $everything or lead in (select unnest($leads::varchar[]))
