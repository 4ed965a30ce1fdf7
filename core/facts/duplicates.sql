-- Earlier leads of another partner that may have made a repeated lead known. One row per repeated lead and earlier one,
-- with the last time before the repeated lead that the earlier one or its messages touched the person or organization.
with met as (
    select
        no, lead, program, partner, submitted_at, person_key, org_key, email_org_key, person_key_crowded, org_key_crowded,
        coalesce(channel, '') not in ('page_view', 'click') as is_touch
    from subject
    where is_met and program in (select distinct program from subject where no in (select no from repeated))
),

keys as (
    select no, program, person_key as key from met where not person_key_crowded
    union all
    select no, program, org_key from met where org_key is not null and not org_key_crowded
    union all
    select no, program, email_org_key from met where email_org_key is not null and not org_key_crowded
),

pairs as (
    select distinct later.no, earlier.no as earlier_no
    from repeated as r
    join keys as later on r.no = later.no
    join keys as earlier on later.key = earlier.key and later.program = earlier.program and later.no <> earlier.no
),

sides as (
    select p.no, l.lead as loser, l.submitted_at, p.earlier_no, e.lead as winner, e.submitted_at as earlier_submitted_at
    from pairs as p
    join met as l on p.no = l.no
    join met as e on p.earlier_no = e.no
    where e.submitted_at < l.submitted_at and e.partner <> l.partner and e.is_touch
),

messages as (
    select s.no, s.winner, max(t.happened_at) as touched_at
    from sides as s
    join talk as t on s.earlier_no = t.no
    where t.happened_at < s.submitted_at
    group by s.no, s.winner
)

select s.no, s.loser, s.winner, s.earlier_submitted_at, greatest(s.earlier_submitted_at, m.touched_at) as touched_at
from sides as s
left join messages as m on s.no = m.no and s.winner = m.winner
