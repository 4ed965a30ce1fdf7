-- Which of the incoming ids stand in a table already. One row per id that does.
with stored as (
    select id from leads where $table = 'leads'
    union all
    select id from contacts where $table = 'contacts'
    union all
    select id from organizations where $table = 'organizations'
    union all
    select id from events where $table = 'events'
    union all
    select source_id from organization_products where $table = 'organization_products'
    union all
    select id from partners where $table = 'partners'
)

select distinct n.id
from incoming as n
join stored as s on n.id = s.id
