-- The last time before a lead that its person, its organization or its group was known or contacted, whatever the
-- source: records, messages, and earlier leads of the same program with what was said on them; `touched_at` is the last
-- time for the person or the organization, `person_touched_at` for the person alone. One row per lead.
with met as (
    select no, lead, program, partner, person_key, org_key, email_org_key, person_key_crowded, org_key_crowded,
        email_org_key_crowded, submitted_at, cut_at, coalesce(channel, '') not in ('page_view', 'click') as is_touch
    from subject
    where is_met and program in (select program from asking)
),

own as (
    select no, lead, program, person_key as key, 'person' as link, submitted_at, cut_at, is_touch
    from met where not person_key_crowded
    union all
    select no, lead, program, org_key, 'organization', submitted_at, cut_at, is_touch
    from met where org_key is not null and not org_key_crowded
    union all
    select no, lead, program, email_org_key, 'organization', submitted_at, cut_at, is_touch
    from met where email_org_key is not null and not email_org_key_crowded
    union all
    select m.no, m.lead, m.program, -1 - g.group_key, 'group', m.submitted_at, m.cut_at, m.is_touch
    from met as m join org_groups as g on m.org_key = g.org_key
    where not m.org_key_crowded
),

-- Who may be the same is looked up like the lead's own keys, but the lead is no touch of theirs.
wanted as (
    select no, program, key, link, submitted_at, null as near_match, null as near_name from own
    union all
    select o.no, o.program, n.near_key_number, 'near', o.submitted_at, n.near_match, n.near_name
    from own as o
    join near as n on o.key = n.key_number and n.kind <> 'partner' and n.recorded_at <= o.cut_at
),

shared as (
    select program, key from wanted group by program, key having count(*) > 1
),

-- A page view is no lead and makes nobody known; what was said to whoever viewed it does.
met_again as (
    select o.no, o.key, o.program, o.submitted_at as happened_at, o.lead, o.is_touch
    from own as o
    join shared using (program, key)
),

messages_as_touches as (
    select m.key, m.program, t.happened_at, t.event
    from met_again as m
    join talk as t on m.no = t.no
),

records as (
    select person_key as key, happened_at, id as event from naming where type = 'crm_touch' and person_key is not null
    union all
    select org_key, happened_at, id from naming where type = 'crm_touch' and org_key is not null
    union all
    select -1 - g.group_key, e.happened_at, e.id
    from naming as e join org_groups as g on e.org_key = g.org_key
    where e.type = 'crm_touch'
),

all_touches as (
    select key, program, happened_at, lead as id from met_again where is_touch
    union all
    select key, program, happened_at, event from messages_as_touches
    union all
    select r.key, p.program, r.happened_at, r.event
    from records as r cross join (select program from asking) as p
),

touches as (
    select key, program, happened_at, max(id) as id from all_touches group by key, program, happened_at
),

latest as (
    select w.no, w.link, t.happened_at, t.id, w.near_match, w.near_name
    from wanted as w
    asof join touches as t on w.key = t.key and w.program = t.program and w.submitted_at > t.happened_at
),

ties as (
    select distinct w.no
    from own as w
    join own as o on w.key = o.key and w.program = o.program and w.submitted_at = o.submitted_at and w.lead <> o.lead
    where w.link <> 'group' and o.link <> 'group' and w.is_touch and o.is_touch
)

select
    coalesce(l.no, t.no) as no,
    max(happened_at) filter (where link in ('person', 'organization')) as touched_at,
    arg_max(link, (happened_at, link, id)) filter (where link in ('person', 'organization')) as touched_by,
    arg_max(id, (happened_at, link, id)) filter (where link in ('person', 'organization')) as touch_id,
    max(happened_at) filter (where link = 'person') as person_touched_at,
    arg_max(id, (happened_at, id)) filter (where link = 'person') as person_touch_id,
    max(happened_at) filter (where link = 'group') as group_touched_at,
    arg_max(id, (happened_at, id)) filter (where link = 'group') as group_touch_id,
    max(happened_at) filter (where link = 'near') as near_touched_at,
    arg_max(id, (happened_at, id, near_match)) filter (where link = 'near') as near_touch_id,
    arg_max(near_match, (happened_at, id, near_match)) filter (where link = 'near') as near_touch_match,
    arg_max(near_name, (happened_at, id, near_match)) filter (where link = 'near') as near_touch_name,
    bool_or(t.no is not null) as is_tied
from latest as l
full join ties as t on l.no = t.no
group by all
