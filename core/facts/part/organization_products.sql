-- What given organizations have bought. One row per purchase.
select * from organization_products where organization in ($organizations)
