-- What of a lead is approved or stands in a batch, and was not taken back. One row per approval and line.
select id from payout_approvals where lead = $lead and id not in (select id from voids)
union all
select b.id from live_batch_lines as b join earning_lines as e on b.line = e.id where e.lead = $lead
