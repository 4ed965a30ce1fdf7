-- What given partners own. One row per partner and organization.
select * from organization_owners where partner in ($partners)
