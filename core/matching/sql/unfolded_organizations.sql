-- Organizations whose names are not folded yet. One row per organization.
select id, name as company from organizations where name_key is null and name is not null
