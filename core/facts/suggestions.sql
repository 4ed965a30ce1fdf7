-- Competitors that a partner suggested to the lead's organization. One row per lead with any.
select
    s.no,
    min(e.happened_at) filter (where e.customer_asked = 'no') as competitor_suggested_at,
    min(e.happened_at) filter (where coalesce(e.customer_asked, 'unknown') = 'unknown') as suggestion_unclear_at,
    max(e.happened_at) filter (where e.customer_asked = 'yes') as suggestion_asked_at,
    arg_max(e.id, (case e.customer_asked when 'no' then 2 when 'yes' then 0 else 1 end, e.happened_at)) as suggestion_id
from subject as s
join events as e on s.partner = e.partner and (s.org_key = e.org_key or s.lead = e.lead)
where e.type = 'competitor_suggested' and e.happened_at <= s.as_of and e.recorded_at <= $known_at
    and s.program in (select program from asking)
group by s.no
