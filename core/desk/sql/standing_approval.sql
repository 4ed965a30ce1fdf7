-- An approval of a payout that was not taken back. One row or none.
select id, earned_by, payee, amount, currency, approved_by from payout_approvals
where id = $approval and lead = $lead and id not in (select id from voids)
