-- What records may share with others under another spelling, as numbers, so that what comes in is compared with few.
-- One row per record and kind it is known as. Derived: made again as a whole where they are missing or made by other rules.

create table match_blocks (
    kind varchar not null check (kind in ('person', 'organization')),
    source varchar not null check (source in ('contacts', 'organizations', 'partners')),
    record varchar not null,
    blocks ubigint[] not null,
    made_by varchar not null                 -- digest of the statements and of the database that numbered them
);
