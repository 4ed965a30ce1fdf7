-- When a participant was first found to send unsolicited referrals, and whether of this very lead. One row per lead of
-- such a partner.
with findings as (
    select p.partner, e.happened_at, e.id, e.lead
    from events as e
    join wide_events as p on e.id = p.id
    where e.type = 'abuse_finding' and e.kind = 'unsolicited' and e.recorded_at <= $known_at
)

select s.no, min(f.happened_at) as barred_at, arg_min(f.id, (f.happened_at, f.id)) as bar_id,
    coalesce(bool_or(f.lead = s.lead), false) as is_bar_about_it
from subject as s
join findings as f on s.partner = f.partner
where s.program in (select program from asking) and f.happened_at <= s.as_of
group by s.no
