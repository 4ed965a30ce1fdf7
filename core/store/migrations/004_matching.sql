-- The same person, company or payee under another spelling: what is proposed, and what people answered.
-- `name_key`, `company_key` and `phone_key` are folded once, when the row comes in (core/matching/folding.py).

alter table contacts add column phone varchar;
alter table contacts add column street varchar;
alter table contacts add column postal_code varchar;
alter table contacts add column city varchar;
alter table contacts add column name_key varchar;
alter table contacts add column company_key varchar;
alter table contacts add column phone_key varchar;

alter table organizations add column phone varchar;
alter table organizations add column street varchar;
alter table organizations add column postal_code varchar;
alter table organizations add column city varchar;
alter table organizations add column name_key varchar;
alter table organizations add column phone_key varchar;

alter table partners add column name_key varchar;        -- of the person
alter table partners add column company_key varchar;     -- of `name`

-- One row per pair of keys that may be the same, with the two records by which it was seen. Never changed.
-- For partners the keys are their ids, and what they share is a payee detail.
create table near_matches (
    id varchar primary key,
    kind varchar not null check (kind in ('person', 'organization', 'partner')),
    left_key varchar not null,
    right_key varchar not null,
    left_table varchar not null check (left_table in ('contacts', 'organizations', 'partners')),
    left_record varchar not null,
    right_table varchar not null check (right_table in ('contacts', 'organizations', 'partners')),
    right_record varchar not null,
    score double not null check (score between 0 and 1),
    reasons varchar[] not null,
    is_lookalike boolean not null,           -- one domain is spelled to be taken for the other
    recorded_at timestamp not null,
    import varchar,
    unique (kind, left_key, right_key),
    check (left_key < right_key)
);

-- One row per answer, appended; the latest counts, and `open` takes the one before it back.
create table match_answers (
    id varchar primary key,                  -- the near match and the answer's number, so that two cannot be the third
    near_match varchar not null,
    answer varchar not null check (answer in ('same', 'different', 'related', 'open')),
    decided_by varchar not null,
    note varchar,
    happened_at timestamp not null,
    recorded_at timestamp not null
);
