-- Transactions for which a digest stands. One row per digest.
select distinct transaction from events where starts_with(transaction, 'e:')
