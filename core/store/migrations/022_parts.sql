-- Who had a part in what is paid, where no row says it: by facts documents that they loaded.

-- One row per load and lead or partner of which it brought rows.
create table loaded_records (
    id varchar primary key,
    relation varchar not null check (relation in ('leads', 'partners')),
    record varchar not null,
    loaded_by varchar not null,
    recorded_at timestamp not null
);

create trigger loaded_records_kept after update on loaded_records
for each statement insert into append_only values (1);
create trigger loaded_records_whole after delete on loaded_records
for each statement insert into append_only values (1);
