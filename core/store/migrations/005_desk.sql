-- Who acts, what they did that is no event or verdict of the trade, and the journal of every change.
-- Texts that people write stand here and never in the journal, which holds ids, values and keyed digests.

create table people (
    id varchar primary key,
    name varchar,
    email varchar,
    address_key varchar,
    org_key varchar,
    partner varchar,                         -- the partner they belong to, where it is declared
    recorded_at timestamp not null
);

-- One row per role given; program null: for every program.
create table grants (
    id varchar primary key,
    person varchar not null,
    role varchar not null check (role in ('sales', 'channel', 'manager', 'finance', 'admin')),
    program varchar,
    begins_at timestamp not null,
    ends_at timestamp,
    granted_by varchar not null,
    recorded_at timestamp not null
);

-- One row per grant that was taken back before its end.
create table revocations (
    id varchar primary key,
    granted varchar not null,
    revoked_by varchar not null,
    recorded_at timestamp not null
);

-- One row per claim, assignment and release; the latest says who works on the lead. person null: nobody.
create table assignments (
    id varchar primary key,
    lead varchar not null,
    person varchar,
    assigned_by varchar not null,
    recorded_at timestamp not null
);

-- What a verdict rests on beside its note: an event, or an address to look at. One row per piece.
create table verdict_evidence (
    id varchar primary key,
    verdict varchar not null,
    event varchar,
    link varchar,
    recorded_at timestamp not null
);

create table comments (
    id varchar primary key,
    lead varchar not null,
    person varchar not null,
    note varchar,
    mentions varchar[] not null default [],
    recorded_at timestamp not null
);

create table snoozes (
    id varchar primary key,
    lead varchar not null,
    person varchar not null,
    until_on date not null,
    note varchar,
    recorded_at timestamp not null
);

-- One row per question to a partner: what is missing before the lead can be decided.
create table action_requests (
    id varchar primary key,
    lead varchar not null,
    missing varchar[] not null,              -- criteria that wait for the answer
    note varchar,
    asked_by varchar not null,
    recorded_at timestamp not null
);

create table action_answers (
    id varchar primary key,
    request varchar not null,
    lead varchar not null,
    note varchar,
    taken_by varchar not null,
    recorded_at timestamp not null
);

-- One row per disagreement between two leads that a person works on.
create table conflict_cases (
    id varchar primary key,
    lead varchar not null,
    other_lead varchar not null,
    note varchar,
    opened_by varchar not null,
    recorded_at timestamp not null
);

create table conflict_settlements (
    id varchar primary key,
    conflict_case varchar not null,
    lead varchar not null,
    winner varchar,                          -- null: neither, or left to the rules
    note varchar,
    settled_by varchar not null,
    recorded_at timestamp not null
);

-- One row per objection of a partner; an open one holds the money of its lead.
create table disputes (
    id varchar primary key,
    lead varchar not null,
    kind varchar not null check (kind in ('rejection', 'ownership', 'amount', 'late_payment', 'other')),
    note varchar,
    opened_by varchar not null,
    recorded_at timestamp not null
);

create table dispute_resolutions (
    id varchar primary key,
    dispute varchar not null,
    lead varchar not null,
    outcome varchar not null check (outcome in ('upheld', 'partly_upheld', 'dismissed', 'withdrawn')),
    note varchar,
    resolved_by varchar not null,
    recorded_at timestamp not null
);

create table payout_approvals (
    id varchar primary key,
    lead varchar not null,
    earned_by varchar not null,
    payee varchar not null,
    amount decimal(18, 2) not null check (amount > 0),
    currency varchar not null,
    approved_by varchar not null,
    recorded_at timestamp not null
);

create table payout_payments (
    id varchar primary key,                  -- id of the event payout_paid
    approval varchar not null,
    lead varchar not null,
    paid_by varchar not null,
    recorded_at timestamp not null
);

-- One row per row that was taken back. As known before `recorded_at`, the row still stands.
create table voids (
    id varchar primary key,                  -- id of the row taken back
    relation varchar not null,
    note varchar,
    voided_by varchar not null,
    recorded_at timestamp not null
);

-- One row per person whose data was erased: a keyed digest, by which a later submission of theirs is recognised.
create table erasures (
    id varchar primary key,
    erased_by varchar not null,
    recorded_at timestamp not null
);

-- One row per thing that may stand once: the key names it, the row holds its place until it is taken back.
create table places (
    key varchar primary key,
    id varchar not null
);

-- One row per lead that was ever changed here. Rises with every change of its rows or its kept evaluation.
create table lead_versions (
    lead varchar primary key,
    version bigint not null
);

-- One row per change, in the order in which they were made. JSON without personal data.
create table journal (
    number bigint primary key,
    key varchar not null unique,             -- idempotency key, chosen by who asks
    content varchar not null,                -- keyed digest of what was asked
    recorded_at timestamp not null,
    person varchar not null,
    action varchar not null,
    lead varchar,                            -- the lead it was asked for, where it was asked for one
    before varchar not null,
    after varchar not null,
    rows varchar not null,                   -- [table, id, keyed digest] of every row written
    totals varchar not null,                 -- table: [rows, sum of keyed digests] of rows written in bulk
    changes varchar not null,                -- keyed digest of this entry's journal_leads
    previous varchar not null,
    hash varchar not null
);

-- One row per journal entry and lead whose version it raised.
create table journal_leads (
    number bigint not null,
    lead varchar not null,
    version bigint not null,
    disposition_before varchar,
    disposition varchar
);
create index journal_leads_lead on journal_leads (lead);

create table append_only (refused integer check (refused = 0));
create trigger journal_kept after update on journal for each statement insert into append_only values (1);
create trigger journal_whole after delete on journal for each statement insert into append_only values (1);
create trigger journal_leads_kept after update on journal_leads for each statement insert into append_only values (1);
create trigger journal_leads_whole after delete on journal_leads for each statement insert into append_only values (1);
create trigger grants_kept after update on grants for each statement insert into append_only values (1);
create trigger grants_whole after delete on grants for each statement insert into append_only values (1);
create trigger revocations_kept after update on revocations for each statement insert into append_only values (1);
create trigger revocations_whole after delete on revocations for each statement insert into append_only values (1);
create trigger payout_approvals_kept after update on payout_approvals for each statement insert into append_only values (1);
create trigger payout_approvals_whole after delete on payout_approvals for each statement insert into append_only values (1);
