-- Whether more than 20 names stood behind the domain of the contact's address when a lead came, where that is not the
-- domain of its organization (W23). Of leads that came before nothing is noted, which is read as not crowded: a value would
-- change what their entries of the journal say of them.

alter table leads add column email_org_key_crowded boolean;
