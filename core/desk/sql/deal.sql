-- A won deal of a lead by its transaction, not taken back. One row or more where it was recorded twice.
select id from events
where lead = $lead and type = 'deal_won' and transaction = $transaction and id not in (select id from voids)
