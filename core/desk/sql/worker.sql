-- Who works on a lead. One row or none.
select person from working where lead = $lead
