-- Leads that had been submitted and were known. One row per lead.
select
    id as lead, program, partner, contact, org, submitted_at, channel, new_contact_record, first_click_at, products,
    expected_decision_on, source_context, follow_up_with, deal_stage_at_submission, history_lookup, person_key, org_key,
    email_org_key, person_key_crowded, org_key_crowded, coalesce(email_org_key_crowded, false) as email_org_key_crowded
from leads
where submitted_at <= $as_of and recorded_at <= $known_at
