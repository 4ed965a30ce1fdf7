-- What a lead earned by an event, as kept. One row or none.
select payee, amount, currency, status, blockers from payouts_owed where lead = $lead and earned_by = $earned_by
