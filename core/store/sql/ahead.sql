-- Stored rows that have not happened by then. One row per stored row.
select 'leads' as relation, id, submitted_at as happens_at from leads where submitted_at > $as_of
union all
select 'events', id, happened_at from events where happened_at > $as_of
union all
select 'verdicts', id, happened_at from verdicts where happened_at > $as_of
union all
select 'partners', id, check_address_confirmed_at from partners where check_address_confirmed_at > $as_of
