-- The leads that every entry changed. One row per entry and lead.
select number, lead, version, disposition_before, disposition from journal_leads order by number, lead
