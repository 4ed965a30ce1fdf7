-- What the lead's partner owns of the lead's organization, and of others in its group. One row per such lead.
with owned as (
    select k.number as org_key, g.group_key, w.partner, w.percent, w.is_controlled
    from organization_owners as w
    join organizations as o on w.organization = o.id
    join key_numbers as k on o.org_key = k.key
    left join org_groups as g on k.number = g.org_key
    where w.recorded_at <= $known_at
),

related as (
    select s.no, w.percent, w.is_controlled, true as is_own
    from subject as s
    join owned as w on s.partner = w.partner and s.org_key = w.org_key
    union all
    select s.no, w.percent, w.is_controlled, false as is_own
    from subject as s
    join org_groups as g on s.org_key = g.org_key
    join owned as w on s.partner = w.partner and g.group_key = w.group_key and s.org_key <> w.org_key
    union all
    select s.no, null as percent, true as is_controlled, false as is_own
    from subject as s
    join org_groups as g on s.org_key = g.org_key
    join partners as p on s.partner = p.id
    join key_numbers as k on p.org_key = k.key
    join org_groups as h on k.number = h.org_key and g.group_key = h.group_key and s.org_key <> k.number
)

select
    no,
    max(percent) filter (where is_own) as owned_percent,
    coalesce(bool_or(is_controlled) filter (where is_own), false) as is_controlled,
    coalesce(bool_or(percent is null) filter (where is_own), false) as is_share_unknown,
    count(*) filter (where not is_own) > 0 as is_group_owned
from related
group by no
