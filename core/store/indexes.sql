-- What finds the rows that bear upon a few leads, without reading all. Made one by one whenever a database is opened
-- without them: together they would not fit into the memory of one transaction of a million leads.

create index if not exists leads_by_person on leads (person_key);
create index if not exists leads_by_organization on leads (org_key);
create index if not exists leads_by_address on leads (email_org_key);
create index if not exists leads_by_partner on leads (partner);
create index if not exists events_by_lead on events (lead);
create index if not exists events_by_person on events (person_key);
create index if not exists events_by_organization on events (org_key);
create index if not exists verdicts_by_lead on verdicts (lead);
create index if not exists organizations_by_key on organizations (org_key);
create index if not exists organizations_by_parent on organizations (parent);
create index if not exists organization_owners_by_partner on organization_owners (partner);
create index if not exists organization_products_by_organization on organization_products (organization);
create index if not exists near_matches_by_left on near_matches (left_key);
create index if not exists near_matches_by_right on near_matches (right_key);
create index if not exists match_answers_by_match on match_answers (near_match);
create unique index if not exists evaluations_once on evaluations (lead);
create unique index if not exists conflicts_once on conflicts (loser);
create unique index if not exists clocks_once on clocks (lead, clock);
create unique index if not exists duties_once on duties (lead, duty);
create unique index if not exists payouts_owed_once on payouts_owed (lead, earned_by);
create index if not exists clocks_by_lead on clocks (lead);
create index if not exists duties_by_lead on duties (lead);
create index if not exists payouts_owed_by_lead on payouts_owed (lead);
create index if not exists earning_lines_by_lead on earning_lines (lead);
create index if not exists line_states_by_lead on line_states (lead);
create index if not exists told_lines_by_lead on told_lines (lead);
create index if not exists payouts_told_by_lead on payouts_told (lead);
create index if not exists deals_told_by_lead on deals_told (lead);
