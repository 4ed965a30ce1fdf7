-- The last hard bounce of the contact's address. One row per lead with one.
select s.no, max(e.happened_at) as contact_bounced_at, arg_max(e.id, (e.happened_at, e.id)) as bounce_id
from naming as e
join subject as s on e.person_key = s.person_key
where s.program in (select program from asking) and e.type = 'email_bounce' and e.kind = 'hard'
    and e.happened_at <= s.cut_at
group by s.no
