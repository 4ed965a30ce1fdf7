-- Contacts whose names are not folded yet. One row per contact.
select id, full_name as name, company from contacts where name_key is null and company_key is null
    and (full_name is not null or company is not null)
