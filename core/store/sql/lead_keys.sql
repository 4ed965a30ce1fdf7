-- By what events outside any lead bear on a lead. One row or none.
select program, contact, org, person_key, org_key, person_key_crowded, org_key_crowded from leads where id = $lead
