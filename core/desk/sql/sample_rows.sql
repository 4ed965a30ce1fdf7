-- Rows that bear the ids of the made-up sample, by table and place. Whether they are the sample as it was made, their
-- digests say. One row per row.
select 'leads' as relation, rowid as place, id, null::date as since from leads where regexp_full_match(id, '[CRP]-1[0-9]{6,}')
union all
select 'contacts', rowid, id, null from contacts where regexp_full_match(id, 'K1[0-9]{6,}')
union all
select 'organizations', rowid, id, null from organizations where regexp_full_match(id, 'O1[0-9]{6,}')
union all
select 'organization_owners', rowid, organization, null from organization_owners
where regexp_full_match(organization, 'O1[0-9]{6,}')
union all
select 'organization_products', rowid, organization, null from organization_products
where regexp_full_match(organization, 'O1[0-9]{6,}')
union all
select 'partners', rowid, id, null from partners where regexp_full_match(id, '[ASP][1-9][0-9]{2,}')
union all
select 'events', rowid, id, null from events where regexp_full_match(id, 'E1[0-9]{6,}')
union all
select 'verdicts', rowid, id, null from verdicts where regexp_full_match(id, 'V1[0-9]{6,}')
union all
select 'settings', rowid, name, effective_on from settings where recorded_by = 'sample'
