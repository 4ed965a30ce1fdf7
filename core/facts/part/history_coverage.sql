-- Which history was imported for given organizations. One row per organization, part of the history and import.
select * from history_coverage where org_key in ($organizations)
