-- Everything that is told to us: programs, parties, leads, what happened to them, what people judged.
-- Instants are UTC. `happened_at` is when it was so, `recorded_at` when we came to know it.
-- Derived keys (person_key, org_key, ...) are computed once, when the row comes in (core/facts/keys.py).

create table programs (
    id varchar primary key,
    name varchar not null,
    company varchar not null,
    position integer not null
);

create table clauses (
    id varchar primary key,
    program varchar not null,
    position integer not null,
    heading varchar not null,
    paraphrase varchar not null,
    kind varchar not null,
    decides varchar[] not null
);

create table criteria (
    program varchar not null,
    id varchar not null,
    position integer not null,
    label varchar not null,
    clauses varchar[] not null,
    decided_by varchar not null,
    primary key (program, id)
);

-- One row per setting, first day in force and moment of recording. `value` is JSON; null means: not set.
create table settings (
    name varchar not null,
    effective_on date not null,
    recorded_at timestamp not null,
    value varchar,
    recorded_by varchar,
    source varchar not null,
    primary key (name, effective_on, recorded_at)
);

create table imports (
    id varchar primary key,                  -- sha256 of the file's bytes, with program and kind
    file_name varchar not null,
    program varchar not null,
    kind varchar not null check (kind in ('leads', 'contacts', 'organizations', 'activities')),
    imported_at timestamp not null,
    rows_read integer not null check (rows_read >= 0),
    accepted integer not null check (accepted >= 0),
    refused integer not null check (refused >= 0),
    mapping varchar not null,                -- JSON: our field -> column of the file
    check (accepted + refused = rows_read)
);

-- One row per accepted row of a file, so that the same row in another file is recognised.
create table import_rows (
    digest varchar primary key,              -- sha256 of program, kind and the row's values
    import varchar not null,
    row_number integer not null check (row_number > 1)
);

create table partners (
    id varchar primary key,
    kind varchar not null check (kind in ('affiliate', 'customer_contact', 'other', 'referral_partner')),
    name varchar,
    first_name varchar,
    last_name varchar,
    email varchar,
    domain varchar,
    country varchar,
    check_address varchar,
    check_address_confirmed_at timestamp,
    wire_details varchar,
    other_details varchar,                   -- JSON: further payee details by field name
    recorded_at timestamp not null,
    address_key varchar,
    email_class varchar not null,
    org_key varchar                          -- null: a free-mail address and no domain
);

create table organizations (
    id varchar primary key,
    name varchar,
    domain varchar,
    kind varchar check (kind in ('business', 'individual', 'university', 'agency', 'competitor')),
    country varchar,
    parent varchar,
    other_details varchar,                   -- JSON: what came with the row beyond these columns
    recorded_at timestamp not null,
    import varchar,
    org_key varchar not null                 -- 'd:' domain, 'n:' name, or 'o:' this record alone
);

-- One row per partner that owns or controls a part of an organization.
create table organization_owners (
    organization varchar not null,
    partner varchar not null,
    percent decimal(5, 2) check (percent between 0 and 100),
    is_controlled boolean not null default false,
    recorded_at timestamp not null,
    primary key (organization, partner, recorded_at)
);

-- One row per product an organization has bought.
create table organization_products (
    organization varchar not null,
    product varchar not null,
    purchased_on date,
    is_in_use boolean,                       -- null: not known
    contract_ends_on date,
    recorded_at timestamp not null
);

create table contacts (
    id varchar primary key,
    org varchar,
    full_name varchar,
    email varchar,
    company varchar,
    role varchar,
    employer_partner varchar,                -- the partner whose employee the contact is declared to be
    other_details varchar,
    recorded_at timestamp not null,
    import varchar,
    address_key varchar,
    person_key varchar not null,             -- canonical address, or 'c:' this record alone
    email_class varchar not null,
    email_org_key varchar                    -- the organization that the address speaks for, if any
);

create table leads (
    id varchar primary key,
    program varchar not null,
    partner varchar not null,
    contact varchar,
    org varchar,
    submitted_at timestamp not null,
    recorded_at timestamp not null,
    channel varchar,
    new_contact_record boolean,
    first_click_at timestamp,
    products varchar[] not null default [],
    expected_decision_on date,
    source_context varchar not null default 'normal'
        check (source_context in ('normal', 'purchased_list', 'trade_show')),
    follow_up_with varchar check (follow_up_with in ('prospect', 'partner')),
    deal_stage_at_submission varchar,
    history_lookup varchar check (history_lookup in ('unavailable')),
    other_details varchar,
    import varchar,
    person_key varchar,
    org_key varchar,
    email_org_key varchar,                   -- only where it differs from org_key
    person_key_crowded boolean not null default false,
    org_key_crowded boolean not null default false
);

-- One row per thing that happened. Which columns a type uses is said in core/intake/document.py.
create table events (
    id varchar primary key,
    type varchar not null,
    happened_at timestamp not null,
    recorded_at timestamp not null,
    lead varchar,
    contact varchar,
    org varchar,
    partner varchar,
    program varchar,
    email varchar,
    channel varchar,
    automated boolean,
    kind varchar,
    call_status varchar,                     -- of a discovery call: completed, booked, no_show
    decided_by varchar,                      -- who decided, introduced or found it
    decision varchar,
    criterion varchar,
    reason varchar,
    what varchar,
    rep varchar,
    stage varchar,
    meaningful varchar check (meaningful in ('yes', 'no', 'unknown')),
    introduced_by varchar,
    occurred_at timestamp,
    logged_at timestamp,
    is_new boolean,
    opened_on date,
    transaction varchar,
    subscription_amount decimal(18, 2) check (subscription_amount >= 0),
    other_amount decimal(18, 2),
    total_amount decimal(18, 2),
    amount decimal(18, 2),
    currency varchar,
    field varchar,
    about varchar,
    descriptive varchar check (descriptive in ('yes', 'no', 'unknown')),
    customer_asked varchar check (customer_asked in ('yes', 'no', 'unknown')),
    other_details varchar,
    import varchar,
    person_key varchar,                      -- of the bare address or of the contact
    org_key varchar,                         -- of the organization, else of the address
    check (type <> 'sales_activity' or (occurred_at is not null and logged_at is not null)),
    check (type <> 'discretion' or decision in ('reject', 'waive')),
    check (type <> 'customer_payment' or (transaction is not null and currency is not null))
);

create table verdicts (
    id varchar primary key,
    lead varchar not null,
    criterion varchar not null,
    verdict varchar not null check (verdict in ('pass', 'fail', 'unknown')),
    decided_by varchar,
    note varchar,
    happened_at timestamp not null,
    recorded_at timestamp not null
);

-- One row per organization and part of the CRM history that was imported for it.
create table history_coverage (
    org_key varchar not null,
    part varchar not null check (part in ('contacts', 'activities', 'products')),
    recorded_at timestamp not null,
    import varchar not null,
    primary key (org_key, part, import)
);
