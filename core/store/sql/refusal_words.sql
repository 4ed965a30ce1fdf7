-- What was written for the partner where a lead was rejected by one of some events. One row per lead.
select lead, reason as explanation from events where id in ($records)
