-- Keep the folded names of contacts. One row per contact of `folded`.
update contacts set name_key = f.name_key, company_key = f.company_key from folded as f where contacts.id = f.id
