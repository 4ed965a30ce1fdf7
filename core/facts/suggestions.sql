-- Competitors that a partner suggested to the lead's organization. One row per lead with any.
with suggested as (
    select
        e.id, e.happened_at, coalesce(e.customer_asked, 'unknown') as customer_asked,
        coalesce(e.partner, l.partner) as partner,
        k.number as org_key, e.lead
    from events as e
    left join leads as l on e.lead = l.id
    left join key_numbers as k on coalesce(e.org_key, case when not l.org_key_crowded then l.org_key end) = k.key
    where e.type = 'competitor_suggested' and e.recorded_at <= $known_at
)

select
    s.no,
    min(g.happened_at) filter (where g.customer_asked = 'no') as competitor_suggested_at,
    min(g.happened_at) filter (where g.customer_asked = 'unknown') as suggestion_unclear_at,
    max(g.happened_at) filter (where g.customer_asked = 'yes') as suggestion_asked_at,
    arg_max(
        g.id, (case g.customer_asked when 'no' then 2 when 'yes' then 0 else 1 end, g.happened_at, g.id)
    ) as suggestion_id
from subject as s
join suggested as g on s.partner = g.partner
where ((s.org_key = g.org_key and not s.org_key_crowded) or s.lead = g.lead)
    and g.happened_at <= s.as_of
    and s.program in (select program from asking)
group by s.no
