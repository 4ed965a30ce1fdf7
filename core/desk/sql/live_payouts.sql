-- What of a lead stands in a batch, or was approved outside one by an earlier version, and was not taken back. One row per
-- line and approval.
select id from payout_approvals where lead = $lead and id not in (select id from voids)
union all
select b.id from live_batch_lines as b join earning_lines as e on b.line = e.id where e.lead = $lead
