-- What partners bring in and what waits with them, as of an instant. One row per partner with leads in the programs asked
-- for. live: undecided or owned. answered: accepted, or decided otherwise, of what came since `$since`.
with taken_back as (
    select id from voids where recorded_at <= $known_at
),

own as (
    select
        l.id as lead, l.partner, l.submitted_at, e.program, e.disposition, e.owner_status, e.flags,
        e.disposition = 'pending' or e.owner_status = 'confirmed' as is_live
    from evaluations as e
    join leads as l on e.lead = l.id
    where ($program::varchar is null or e.program = $program) and ($partner::varchar is null or l.partner = $partner)
),

accepted as (
    select distinct lead
    from events
    where type in ('accepted', 'approved') and happened_at <= $as_of and id not in (select id from taken_back)
        and lead in (select lead from own where submitted_at >= $since)
),

waiting as (
    select lead, 'open duties' as what from duties where state = 'open'
    union all
    select lead, 'breached duties' from duties where state = 'breached'
    union all
    select lead, 'requests' from action_requests
    where recorded_at <= $known_at and id not in (select id from taken_back) and id not in (
        select request from action_answers where recorded_at <= $known_at and id not in (select id from taken_back))
    union all
    select lead, 'disputes' from disputes
    where recorded_at <= $known_at and id not in (select id from taken_back) and id not in (
        select dispute from dispute_resolutions where recorded_at <= $known_at and id not in (select id from taken_back))
    union all
    select lead, 'overdue' from payouts_owed where is_overdue and status in ('payable', 'blocked')
),

found as (
    select coalesce(e.partner, l.partner) as partner, e.kind
    from events as e
    left join leads as l on e.lead = l.id
    where e.type = 'abuse_finding' and e.happened_at <= $as_of and e.id not in (select id from taken_back)
),

findings as (
    select partner, count(*) as findings, bool_or(kind = 'unsolicited') as is_barred from found group by partner
),

-- who shares payee details is asked about per pair of partners
sharing as (
    select left_key as partner, id from near_matches where kind = 'partner' and recorded_at <= $known_at
    union all
    select right_key, id from near_matches where kind = 'partner' and recorded_at <= $known_at
),

answered as (
    select near_match, arg_max(answer, (happened_at, recorded_at, id)) as answer
    from match_answers where recorded_at <= $known_at
    group by near_match
),

shared as (
    select s.partner, count(*) as shared_payees
    from sharing as s
    left join answered as a on s.id = a.near_match
    where coalesce(a.answer, 'open') = 'open'
    group by s.partner
),

brought as (
    select
        own.partner, list_sort(list(distinct program)) as programs, count(*) as submitted,
        count(*) filter (disposition = 'pending') as pending, count(*) filter (disposition = 'qualified') as qualified,
        count(*) filter (disposition = 'rejected') as rejected, count(*) filter (disposition = 'expired') as expired,
        count(*) filter (is_live) as live, count(*) filter (owner_status = 'confirmed') as owned,
        count(*) filter (submitted_at >= $since) as submitted_lately,
        count(*) filter (submitted_at >= $since and accepted.lead is not null) as accepted_lately,
        count(*) filter (
            submitted_at >= $since and (accepted.lead is not null or disposition <> 'pending')
        ) as answered_lately,
        count(*) filter (list_contains(flags, 'lookalike_domain')) as lookalikes,
        max(submitted_at) as last_submitted_at
    from own
    left join accepted on own.lead = accepted.lead
    group by own.partner
),

by_partner as (
    select
        own.partner,
        count(*) filter (what = 'open duties') as open_duties, count(*) filter (what = 'breached duties') as breached_duties,
        count(*) filter (what = 'requests') as requests, count(*) filter (what = 'disputes') as disputes,
        count(*) filter (what = 'overdue') as overdue
    from waiting
    join own on waiting.lead = own.lead
    group by own.partner
)

select
    b.*, p.kind,
    coalesce(p.name, nullif(concat_ws(' ', p.first_name, p.last_name), ''), b.partner) as partner_name,
    coalesce(w.open_duties, 0) as open_duties, coalesce(w.breached_duties, 0) as breached_duties,
    coalesce(w.requests, 0) as requests, coalesce(w.disputes, 0) as disputes, coalesce(w.overdue, 0) as overdue,
    coalesce(f.findings, 0) as findings, coalesce(f.is_barred, false) as is_barred,
    coalesce(s.shared_payees, 0) as shared_payees
from brought as b
left join partners as p on b.partner = p.id
left join by_partner as w on b.partner = w.partner
left join findings as f on b.partner = f.partner
left join shared as s on b.partner = s.partner
