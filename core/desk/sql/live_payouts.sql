-- Approvals of payouts of a lead that were not taken back. One row per approval.
select id from payout_approvals where lead = $lead and id not in (select id from voids)
