-- The entry that an idempotency key made, known by its digest; entries of earlier versions hold the key as it was told. One
-- row or none.
select number, content from journal where key in ($key, $told)
