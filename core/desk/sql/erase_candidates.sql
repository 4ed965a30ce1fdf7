-- Contacts that may be asked to be erased, those that match best first. One row per contact.
select id, full_name, email, company
from contacts
where coalesce(full_name, email) is not null and full_name is distinct from $word
    and (
        lower(id) = lower($search) or contains(lower(email), lower($search))
        or contains(strip_accents(lower(full_name)), strip_accents(lower($search)))
        or contains(strip_accents(lower(company)), strip_accents(lower($search)))
    )
order by lower(id) = lower($search) desc, lower(email) = lower($search) desc, lower(full_name), id
limit $size
