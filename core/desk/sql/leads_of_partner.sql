-- The leads of a partner. One row per lead.
select id as lead from leads where partner = $partner order by id
