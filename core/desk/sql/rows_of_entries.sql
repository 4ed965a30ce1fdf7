-- The rows that entries answer for one by one. One row per entry.
select rows from journal
