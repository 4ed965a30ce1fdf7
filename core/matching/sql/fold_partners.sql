-- Keep the folded names of partners. One row per partner of `folded`.
update partners set name_key = f.name_key, company_key = f.company_key from folded as f where partners.id = f.id
