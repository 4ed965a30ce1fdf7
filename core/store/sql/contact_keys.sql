-- Who a stored contact is. One row per contact.
select id, org, full_name, company, person_key, email_org_key from contacts
