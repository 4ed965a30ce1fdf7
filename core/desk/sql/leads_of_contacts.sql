-- The leads of given contacts. One row per lead.
select id from leads where contact in (select unnest($contacts::varchar[])) order by id
