-- What must stand once in the kept tables is held by unique indexes (../indexes.sql) instead of primary keys: those go
-- while everything is kept anew, and are made again afterwards, in a sixth of the time of changing them row by row.
-- Nothing is kept after this; everything here is computed again when the database is next used.

delete from evaluation_runs;
drop table evaluations;
drop table conflicts;
drop table clocks;
drop table duties;
drop table payouts_owed;

-- One row per lead.
create table evaluations (
    lead varchar not null,
    program varchar not null,
    verdicts varchar not null,               -- one letter per criterion, by position: P F U W N
    disposition varchar not null check (disposition in ('qualified', 'rejected', 'pending', 'expired')),
    reason varchar,
    also varchar[] not null,
    pending_on varchar[] not null,
    flags varchar[] not null,
    owner varchar,
    owner_status varchar not null check (owner_status in ('confirmed', 'provisional', 'lapsed', 'disassociated', 'none')),
    owner_until date,
    last_owner varchar,
    due_on date,                             -- of the running or missed clock that ends first
    due_clock varchar,
    changes_on date,                         -- first local day on which a verdict changes by time alone
    next_at timestamp                        -- when time alone may change what is kept of the lead
);

-- One row per losing lead.
create table conflicts (
    loser varchar not null,
    winner varchar not null,
    clause varchar not null
);

-- One row per clock that has begun, by lead and clock.
create table clocks (
    lead varchar not null,
    clock varchar not null,
    due_on date not null,
    state varchar not null check (state in ('running', 'met', 'missed', 'lapsed')),
    is_waiting boolean not null              -- what would meet it has not come, and may still come
);

-- One row per obligation of the program owner or the partner, by lead and duty.
create table duties (
    lead varchar not null,
    duty varchar not null,
    state varchar not null check (state in ('open', 'done', 'breached'))
);

-- One row per payout that was earned, by lead and what earned it.
create table payouts_owed (
    lead varchar not null,
    earned_by varchar not null,              -- the event that earned it
    payee varchar not null,
    amount decimal(18, 2),
    currency varchar not null,
    method varchar,
    due_on date,
    status varchar not null check (status in ('payable', 'blocked', 'paid', 'forfeited')),
    blockers varchar[] not null,
    is_overdue boolean not null
);
