-- Imports of further kinds that can be taken back, what was answered for a source, and which rows an import brought.

create table imports_of_all_kinds (
    id varchar primary key,                  -- sha256 of the file's bytes, with program and kind; numbered where it
                                             -- came again after it was taken back
    file_name varchar not null,
    program varchar not null,
    kind varchar not null
        check (kind in ('leads', 'contacts', 'organizations', 'activities', 'opportunities', 'products')),
    imported_at timestamp not null,
    rows_read integer not null check (rows_read >= 0),
    accepted integer not null check (accepted >= 0),
    refused integer not null check (refused >= 0),
    mapping varchar not null,                -- JSON: our field -> column of the file
    taken_back_at timestamp,
    taken_back_by varchar,
    check (accepted + refused = rows_read),
    check ((taken_back_at is null) = (taken_back_by is null))
);

insert into imports_of_all_kinds
select id, file_name, program, kind, imported_at, rows_read, accepted, refused, mapping, null, null from imports;

drop table imports;

alter table imports_of_all_kinds rename to imports;

create table coverage_of_all_parts (
    org_key varchar not null,
    part varchar not null check (part in ('contacts', 'activities', 'products', 'opportunities')),
    recorded_at timestamp not null,
    import varchar not null,
    primary key (org_key, part, import)
);

insert into coverage_of_all_parts select org_key, part, recorded_at, import from history_coverage;

drop table history_coverage;

alter table coverage_of_all_parts rename to history_coverage;

-- What was answered once for a source: files of one program and kind with the same columns.
create table import_answers (
    source varchar not null,                 -- sha256 of program, kind and the names of the columns
    program varchar not null,
    answers varchar not null,                -- JSON, as a mapping file
    recorded_at timestamp not null,
    import varchar primary key               -- the import that stored it
);

alter table partners add column import varchar;

alter table organization_products add column import varchar;

alter table organization_products add column source_id varchar;
