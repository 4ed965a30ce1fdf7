-- The entry that an idempotency key made. One row or none.
select number, content from journal where key = $key
