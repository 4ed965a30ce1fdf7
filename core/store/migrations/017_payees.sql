-- How partners are paid: details as a person recorded them, version by version, and their confirmation by another one.
-- They stand here alone and in plain text; every read but that of a payment file masks them.

-- One row per version; a later one of the same partner replaces it once that is confirmed and its cooling-off is over.
create table payee_details (
    id varchar primary key,
    partner varchar not null,
    country varchar check (length(country) = 2),  -- ISO 3166, in capitals
    first_name varchar,
    last_name varchar,
    business_email varchar,
    street varchar,
    street_more varchar,
    city varchar,
    region varchar,
    postal_code varchar,
    iban varchar,
    bic varchar,
    account_number varchar,
    routing_number varchar,
    other_details varchar,                   -- JSON: further details that a program asks for, by field name
    address_key varchar,                     -- of the e-mail address
    proposed_by varchar not null,
    recorded_at timestamp not null,
    check (iban is null or account_number is null)
);

create table payee_confirmations (
    id varchar primary key,
    details varchar not null,
    confirmed_by varchar not null,
    usable_at timestamp not null,            -- when its cooling-off is over
    recorded_at timestamp not null,
    check (usable_at >= recorded_at)
);

-- What says who is paid can be emptied, where a person is erased; that it was recorded, by whom and when, stays.
create trigger payee_details_kept after update of id, partner, country, proposed_by, recorded_at
on payee_details for each statement insert into append_only values (1);
create trigger payee_details_whole after delete on payee_details for each statement insert into append_only values (1);
create trigger payee_confirmations_kept after update on payee_confirmations
for each statement insert into append_only values (1);
create trigger payee_confirmations_whole after delete on payee_confirmations
for each statement insert into append_only values (1);

-- Every version with its number, its confirmation where it has one, and since when it counts: never, where it was not
-- confirmed, or where a newer one was before it had cooled off. One row per version.
create view payee_versions as
with numbered as (
    select
        d.*, c.id as confirmation, c.confirmed_by, c.recorded_at as confirmed_at, c.usable_at,
        row_number() over (partition by d.partner order by d.recorded_at, d.id) as version,
        count(*) over (partition by d.partner) as versions
    from payee_details as d
    left join payee_confirmations as c on d.id = c.details
),

followed as (
    select *, min(confirmed_at) over (
        partition by partner order by version rows between 1 following and unbounded following
    ) as replaced_at
    from numbered
)

select
    * exclude (versions), version = versions as is_newest,
    case when replaced_at is null or replaced_at >= usable_at then usable_at end as counts_from
from followed;

-- The details that count at an instant. One row per partner that has any.
create macro payees_at(at_instant) as table
select * from payee_versions where counts_from <= at_instant
qualify row_number() over (partition by partner order by version desc) = 1;
