"""Which columns of the stored tables an evaluation reads: what the bare scan reads too. Held by test_columns.py."""

COLUMNS_READ = {
    "leads": (
        "id", "program", "partner", "contact", "org", "submitted_at", "recorded_at", "channel", "new_contact_record",
        "first_click_at", "products", "expected_decision_on", "source_context", "follow_up_with",
        "deal_stage_at_submission", "history_lookup", "person_key", "org_key", "email_org_key", "person_key_crowded",
        "org_key_crowded", "email_org_key_crowded",
    ),
    "contacts": ("id", "full_name", "company", "role", "email_class", "employer_partner", "address_key",
                 "email_org_key"),
    "partners": (
        "id", "country", "email_class", "other_details", "first_name", "last_name", "check_address",
        "check_address_confirmed_at", "wire_details", "address_key", "org_key",
    ),
    "organizations": ("id", "parent", "org_key"),
    "near_matches": ("id", "kind", "left_key", "right_key", "left_table", "left_record", "right_table", "right_record",
                     "score", "is_lookalike", "recorded_at"),
    "match_answers": ("id", "near_match", "answer", "happened_at", "recorded_at"),
    "organization_owners": ("organization", "partner", "percent", "is_controlled", "recorded_at"),
    "organization_products": ("organization", "product", "purchased_on", "is_in_use", "contract_ends_on",
                              "recorded_at"),
    "events": (
        "id", "type", "happened_at", "recorded_at", "lead", "contact", "partner", "program", "email", "channel",
        "automated", "kind", "call_status", "decided_by", "decision", "criterion", "reason", "rep", "stage",
        "meaningful", "introduced_by", "occurred_at", "logged_at", "is_new", "opened_on", "transaction",
        "subscription_amount", "other_amount", "total_amount", "amount", "currency", "field", "about", "descriptive",
        "customer_asked", "person_key", "org_key",
    ),
    "verdicts": ("lead", "criterion", "verdict", "happened_at", "recorded_at"),
    "wide_events": ("id", "partner", "program"),
    "voids": ("relation", "id", "recorded_at"),
    "history_coverage": ("org_key", "part", "recorded_at", "import"),
    "imports": ("id", "program"),
}
