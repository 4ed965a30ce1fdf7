-- What the entry of an approval says. One row.
select after from journal where action = 'approve_payout' and lead = $lead and json_extract_string(after, '$.approval') = $approval
