-- Whether the database answers. One row.
select count(*) as leads from evaluations
