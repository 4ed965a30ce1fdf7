-- Who works on a lead: the latest assignment that was not taken back. One row or none.
select person from assignments
where lead = $lead and id not in (select id from voids)
order by recorded_at desc
limit 1
