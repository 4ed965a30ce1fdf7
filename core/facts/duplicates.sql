-- Earlier leads of another partner that may have made a repeated lead known. One row per repeated lead and earlier one,
-- with the last time before the repeated lead that the earlier one or its messages touched the person or organization;
-- `is_by_group` where it was only another company of the group. A page view itself is no touch.
with met as (
    select
        no, lead, program, partner, submitted_at, person_key, org_key, email_org_key, person_key_crowded, org_key_crowded,
        email_org_key_crowded,
        coalesce(channel, '') not in ('page_view', 'click') as is_touch
    from subject
    where is_met and program in (select distinct program from subject where no in (select no from repeated))
),

keys as (
    select no, program, person_key as key, false as is_group from met where not person_key_crowded
    union all
    select no, program, org_key, false from met where org_key is not null and not org_key_crowded
    union all
    select no, program, email_org_key, false from met where email_org_key is not null and not email_org_key_crowded
    union all
    select m.no, m.program, -1 - g.group_key, true
    from met as m join org_groups as g on m.org_key = g.org_key
    where not m.org_key_crowded
),

pairs as (
    select later.no, earlier.no as earlier_no, bool_and(later.is_group) as is_by_group
    from repeated as r
    join keys as later on r.no = later.no
    join keys as earlier on later.key = earlier.key and later.program = earlier.program and later.no <> earlier.no
    group by later.no, earlier.no
),

sides as (
    select p.no, l.lead as loser, l.submitted_at, p.earlier_no, e.lead as winner, e.submitted_at as earlier_submitted_at,
        case when e.is_touch then e.submitted_at end as came_at, p.is_by_group
    from pairs as p
    join met as l on p.no = l.no
    join met as e on p.earlier_no = e.no
    where e.submitted_at < l.submitted_at and e.partner <> l.partner
),

messages as (
    select s.no, s.winner, max(t.happened_at) as said_at
    from sides as s
    join talk as t on s.earlier_no = t.no
    where t.happened_at < s.submitted_at
    group by s.no, s.winner
)

select
    s.no, s.loser, s.winner, s.earlier_submitted_at, s.is_by_group, greatest(s.came_at, m.said_at) as touched_at
from sides as s
left join messages as m on s.no = m.no and s.winner = m.winner
where s.came_at is not null or m.said_at is not null
