-- Rows of imports are kept apart by the first half of their digest: the whole of it, as a key, took more memory at a
-- million rows than a transaction has. The rows stay as they are.

create table import_rows_with_half_keys (
    digest varchar not null,                 -- sha256 of program, kind and the row's values
    import varchar not null,
    row_number integer not null check (row_number > 1)
);

insert into import_rows_with_half_keys select digest, import, row_number from import_rows;

drop table import_rows;

alter table import_rows_with_half_keys rename to import_rows;

create unique index import_rows_once on import_rows ((substr(digest, 1, 32)::uuid));
