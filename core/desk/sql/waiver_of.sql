-- Waivers of a criterion of a lead that were not taken back. One row per waiver.
select id from events
where lead = $lead and type = 'discretion' and decision = 'waive' and criterion = $criterion
    and id not in (select id from voids)
