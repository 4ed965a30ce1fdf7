-- Sales activity that had been logged (or had occurred) when the lead came, by how firmly it counts. One row per lead.
-- Firm: a rep, in the sales cycle, meaningful, and it names the lead's contact or only the organization (W3).
-- Open: the same but for a judgement that is missing, or it names another contact of the organization.
-- Near: it would count or be open for somebody who may be the lead's contact or organization.
with activity as (
    select
        id, happened_at, person_key, org_key, occurred_at, logged_at, meaningful, stage, introduced_by, names_person
    from naming
    where type = 'sales_activity' and rep is not null and coalesce(stage, 'in_sales_cycle') = 'in_sales_cycle' and meaningful <> 'no'
),

matched as (
    select s.no, s.submitted_at, a.*, s.partner, true as is_named, null as near_match, null as near_name
    from subject as s
    join activity as a on s.person_key = a.person_key
    where s.program in (select program from asking) and not s.person_key_crowded and a.happened_at <= s.as_of
    union all
    select s.no, s.submitted_at, a.*, s.partner, not a.names_person as is_named, null, null
    from subject as s
    join activity as a on s.org_key = a.org_key
    where s.program in (select program from asking) and not s.org_key_crowded
        and coalesce(a.person_key <> s.person_key, true) and a.happened_at <= s.as_of
    union all
    select s.no, s.submitted_at, a.*, s.partner, false, n.near_match, n.near_name
    from subject as s
    join near as n on n.kind = 'person' and s.person_key = n.key_number and n.recorded_at <= s.cut_at
    join activity as a on n.near_key_number = a.person_key
    where s.program in (select program from asking) and not s.person_key_crowded and a.happened_at <= s.as_of
    union all
    select s.no, s.submitted_at, a.*, s.partner, false, n.near_match, n.near_name
    from subject as s
    join near as n on n.kind = 'organization' and s.org_key = n.key_number and n.recorded_at <= s.cut_at
    join activity as a on n.near_key_number = a.org_key
    where s.program in (select program from asking) and not s.org_key_crowded and a.happened_at <= s.as_of
),

judged as (
    select
        *,
        is_named and meaningful = 'yes' and stage is not null as is_firm,
        not is_firm and near_match is null as is_open,
        introduced_by is not distinct from partner as is_own_introduction
    from matched
)

select
    no,
    max(logged_at) filter (where is_firm and logged_at <= submitted_at) as firm_logged_at,
    max(occurred_at) filter (where is_firm and occurred_at <= submitted_at) as firm_occurred_at,
    max(logged_at) filter (
        where is_firm and not is_own_introduction and logged_at <= submitted_at
    ) as foreign_firm_logged_at,
    max(occurred_at) filter (
        where is_firm and not is_own_introduction and occurred_at <= submitted_at
    ) as foreign_firm_occurred_at,
    max(logged_at) filter (where is_open and logged_at <= submitted_at) as open_logged_at,
    max(occurred_at) filter (where is_open and occurred_at <= submitted_at) as open_occurred_at,
    max(logged_at) filter (
        where is_open and not is_own_introduction and logged_at <= submitted_at
    ) as foreign_open_logged_at,
    max(occurred_at) filter (
        where is_open and not is_own_introduction and occurred_at <= submitted_at
    ) as foreign_open_occurred_at,
    arg_max(id, (logged_at, id)) filter (where is_firm and logged_at <= submitted_at) as activity_id,
    arg_max(id, (logged_at, id)) filter (where is_open and logged_at <= submitted_at) as open_activity_id,
    max(logged_at) filter (where near_match is not null and logged_at <= submitted_at) as near_logged_at,
    max(occurred_at) filter (where near_match is not null and occurred_at <= submitted_at) as near_occurred_at,
    max(logged_at) filter (
        where near_match is not null and not is_own_introduction and logged_at <= submitted_at
    ) as foreign_near_logged_at,
    max(occurred_at) filter (
        where near_match is not null and not is_own_introduction and occurred_at <= submitted_at
    ) as foreign_near_occurred_at,
    arg_max(id, (logged_at, id, near_match)) filter (
        where near_match is not null and logged_at <= submitted_at
    ) as near_activity_id,
    arg_max(near_match, (logged_at, id, near_match)) filter (
        where near_match is not null and logged_at <= submitted_at
    ) as near_activity_match,
    arg_max(near_name, (logged_at, id, near_match)) filter (
        where near_match is not null and logged_at <= submitted_at
    ) as near_activity_name
from judged
group by no
