-- A won deal of a lead by its transaction, or by the digest that stands for it, not taken back. One row or more where it
-- was recorded twice.
select id, transaction from events
where lead = $lead and type = 'deal_won' and transaction in ($transaction, $digest) and id not in (select id from voids)
