-- The keys by which a lead may meet others, crowded ones left out. One row or none.
select
    if(person_key_crowded, null, person_key) as person,
    if(org_key_crowded, null, org_key) as organization,
    if(email_org_key_crowded, null, email_org_key) as address
from leads
where id = $lead
