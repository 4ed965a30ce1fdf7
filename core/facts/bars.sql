-- When a participant was first found to send unsolicited referrals. One row per lead of such a partner.
with findings as (
    select coalesce(e.partner, l.partner) as partner, min(e.happened_at) as barred_at, arg_min(e.id, e.happened_at) as bar_id
    from events as e
    left join leads as l on e.lead = l.id
    where e.type = 'abuse_finding' and e.kind = 'unsolicited' and e.happened_at <= $as_of and e.recorded_at <= $known_at
    group by 1
)

select s.no, f.barred_at, f.bar_id
from subject as s
join findings as f on s.partner = f.partner
where s.program in (select program from asking)
