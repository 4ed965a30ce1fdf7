-- The last time before a lead that its person, its organization or its group was known or contacted, whatever the
-- source: records, messages, and earlier leads of the same program with what was said on them. One row per lead.
with own as (
    select no, lead, program, partner, person_key as key, 'person' as link, submitted_at, cut_at
    from subject where program in (select program from asking) and not person_key_crowded
    union all
    select no, lead, program, partner, org_key, 'organization', submitted_at, cut_at
    from subject where program in (select program from asking) and org_key is not null and not org_key_crowded
    union all
    select no, lead, program, partner, email_org_key, 'organization', submitted_at, cut_at
    from subject where program in (select program from asking) and email_org_key is not null and not org_key_crowded
    union all
    select s.no, s.lead, s.program, s.partner, 'g:' || g.group_key, 'group', s.submitted_at, s.cut_at
    from subject as s join org_groups as g on s.org_key = g.org_key
    where s.program in (select program from asking) and not s.org_key_crowded
),

-- Who may be the same is looked up like the lead's own keys, but the lead is no touch of theirs.
wanted as (
    select no, lead, program, key, link, submitted_at, null as near_match, null as near_name from own
    union all
    select o.no, o.lead, o.program, n.near_key, 'near', o.submitted_at, n.near_match, n.near_name
    from own as o
    join near as n on o.key = n.key and n.kind <> 'partner' and n.recorded_at <= o.cut_at
),

shared as (
    select program, key from wanted group by program, key having count(*) > 1
),

leads_as_touches as (
    select w.key, w.program, w.submitted_at as happened_at, w.lead
    from own as w
    join shared using (program, key)
    join subject as s on w.no = s.no
    where coalesce(s.channel, '') not in ('page_view', 'click')
),

messages_as_touches as (
    select t.key, t.program, e.happened_at, t.lead, e.id as event
    from leads_as_touches as t
    join events as e on t.lead = e.lead
    where e.recorded_at <= $known_at and e.happened_at >= t.happened_at
        and (
            e.type in ('outreach', 'engagement', 'requirements_received')
            or (e.type = 'reply' and e.automated is not true)
            or (e.type = 'discovery_call' and e.call_status = 'completed')
        )
),

records as (
    select person_key as key, happened_at, id as event, org_key, recorded_at
    from events where type = 'crm_touch' and person_key is not null
    union all
    select org_key, happened_at, id, org_key, recorded_at
    from events where type = 'crm_touch' and org_key is not null
    union all
    select 'g:' || g.group_key, e.happened_at, e.id, e.org_key, e.recorded_at
    from events as e join org_groups as g on e.org_key = g.org_key
    where e.type = 'crm_touch'
),

all_touches as (
    select key, program, happened_at, lead as id from leads_as_touches
    union all
    select key, program, happened_at, event from messages_as_touches
    union all
    select r.key, p.program, r.happened_at, r.event
    from records as r cross join (select program from asking) as p
    where r.recorded_at <= $known_at
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
    where w.link <> 'group' and o.link <> 'group'
)

select
    coalesce(l.no, t.no) as no,
    max(happened_at) filter (where link in ('person', 'organization')) as touched_at,
    arg_max(link, (happened_at, link, id)) filter (where link in ('person', 'organization')) as touched_by,
    arg_max(id, (happened_at, link, id)) filter (where link in ('person', 'organization')) as touch_id,
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
