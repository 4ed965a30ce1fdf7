-- Whether more than 20 names stood behind the domain of the contact's address when a lead came, where that is not the
-- domain of its organization (W23). Leads that came before are taken as they were: not crowded.

alter table leads add column email_org_key_crowded boolean default false;
