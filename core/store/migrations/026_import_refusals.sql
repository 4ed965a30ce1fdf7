-- What of a file did not come in, kept with its import: otherwise nobody could mend it the next day.

-- One row per refused row of an import that brought something. Erasing a person empties cells and reason.
create table import_refusals (
    id varchar not null,
    import varchar not null,
    row_number integer not null,             -- as the report gives it
    refused_column varchar,                  -- the column that is the reason, where it is one
    reason varchar not null,
    cells varchar                            -- JSON: column of the file -> its cell; null once it is erased
);

alter table imports add column report varchar; -- JSON: what else its report said, notes and covers
