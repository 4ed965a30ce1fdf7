-- The latest verdict on a criterion of a lead that was not taken back. One row or none.
select verdict from verdicts
where lead = $lead and criterion = $criterion and id not in (select id from voids)
order by happened_at desc, recorded_at desc, id desc
limit 1
