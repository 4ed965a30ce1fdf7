-- Which parts of the CRM history were imported for the organization of a lead. One row per lead that needs it.
select
    s.no,
    coalesce(bool_or(h.part = 'contacts'), false) as has_contact_history,
    coalesce(bool_or(h.part = 'activities'), false) as has_activity_history,
    coalesce(bool_or(h.part = 'products'), false) as has_product_history
from subject as s
join history_coverage as h on s.org_key = h.org_key
where s.history_lookup = 'unavailable' and h.recorded_at <= $known_at
group by s.no
