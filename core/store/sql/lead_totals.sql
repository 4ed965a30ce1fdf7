-- How many leads are stored, and how many of them carry the ids of the made-up sample. One row.
select
    count(*) as leads,
    count(*) filter (
        regexp_full_match(id, '[CRP]-1[0-9]{6,}') and regexp_full_match(coalesce(contact, 'K1000000'), 'K1[0-9]{6,}')
    ) as sample_leads
from leads
