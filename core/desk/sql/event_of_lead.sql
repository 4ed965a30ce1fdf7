-- An event of a lead that was not taken back. One row or none.
select id from events where lead = $lead and id = $event and id not in (select id from voids)
