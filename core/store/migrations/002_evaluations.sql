-- What follows from the facts and the terms at one moment. Everything here can be computed again at any time.

-- One row: the moment and the state of knowledge that the evaluation stands for.
create table evaluation_runs (
    as_of timestamp not null,
    known_at timestamp,
    leads integer not null
);

-- One row per lead.
create table evaluations (
    lead varchar primary key,
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
    changes_on date                          -- first local day on which a verdict changes by time alone
);

-- One row per losing lead.
create table conflicts (
    loser varchar primary key,
    winner varchar not null,
    clause varchar not null
);

-- One row per clock that has begun.
create table clocks (
    lead varchar not null,
    clock varchar not null,
    due_on date not null,
    state varchar not null check (state in ('running', 'met', 'missed', 'lapsed')),
    is_waiting boolean not null,             -- what would meet it has not come, and may still come
    primary key (lead, clock)
);

-- One row per obligation of the program owner or the partner.
create table duties (
    lead varchar not null,
    duty varchar not null,
    state varchar not null check (state in ('open', 'done', 'breached')),
    primary key (lead, duty)
);

-- One row per payout that was earned.
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
    is_overdue boolean not null,
    primary key (lead, earned_by)
);
