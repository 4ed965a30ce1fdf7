-- Which parts of the CRM history were imported for the organization of a lead. One row per lead that needs it.
-- What came after the event that fixed a lead changes it no more (W8).
-- Activities count for the programs of the company whose import brought them; contacts and products for all.
with covered as (
    select k.number as org_key, h.part, h.recorded_at, own.company
    from history_coverage as h
    join key_numbers as k on h.org_key = k.key
    join imports as i on h.import = i.id
    join companies as own on i.program = own.program
    where h.recorded_at <= $known_at
)

select
    s.no,
    coalesce(bool_or(c.part = 'contacts'), false) as has_contact_history,
    coalesce(bool_or(c.part = 'activities' and c.company = mine.company), false) as has_activity_history,
    coalesce(bool_or(c.part = 'products'), false) as has_product_history
from subject as s
join covered as c on s.org_key = c.org_key
join companies as mine on s.program = mine.program
where s.history_lookup = 'unavailable' and (s.cut_at = s.as_of or c.recorded_at <= s.cut_at)
group by s.no
