-- Leads and partners of which rows were added behind given rows: their own, events, verdicts, and what was told about how
-- a partner is paid. One row per record.
select 'leads' as relation, id as record from leads where rowid > $leads
union
select 'leads', lead from events where rowid > $events and lead is not null
union
select 'leads', lead from verdicts where rowid > $verdicts
union
select 'partners', id from partners where rowid > $partners
union
select 'partners', partner from events
where rowid > $events and partner is not null
    and type in ('payee_details_provided', 'payee_change_requested', 'wire_requested')
