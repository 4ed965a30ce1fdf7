-- Who works on which lead, and which leads are set aside: the latest that was not taken back. Read like tables.

-- One row per lead that was ever given to somebody; nobody works on it where `person` is null.
create view working as
select lead, person from assignments
where id not in (select id from voids)
qualify row_number() over (partition by lead order by recorded_at desc) = 1;

-- One row per lead that was ever set aside; it rests until `until_on`.
create view resting as
select lead, until_on, person, note from snoozes
where id not in (select id from voids)
qualify row_number() over (partition by lead order by recorded_at desc) = 1;
