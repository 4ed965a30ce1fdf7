-- Which organization a stored record is. One row per organization.
select id, name, org_key from organizations
