-- The leads that an entry changed. One row per lead.
select lead, version, disposition_before, disposition from journal_leads where number = $number order by lead
