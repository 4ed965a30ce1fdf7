-- The first submission through the form of the same contact, by anyone and by the same source, and when that contact
-- first engaged after it. One row per lead of a contact that came more than once.
with forms as (
    select no, program, partner, person_key, submitted_at
    from subject
    where is_met and channel = 'web_form' and program in (select program from asking) and not person_key_crowded
),

engaged as (
    select f.*, c.engaged_first_at
    from forms as f
    left join messages as c on f.no = c.no
),

repeated as (
    select program, person_key from engaged group by program, person_key having count(*) > 1
)

select
    s.no,
    min(e.submitted_at) as contact_initial_at,
    min(e.submitted_at) filter (where e.partner = s.partner) as source_initial_at,
    min(e.engaged_first_at) as contact_engaged_at,
    min(e.engaged_first_at) filter (where e.partner = s.partner) as source_engaged_at
from subject as s
join repeated using (program, person_key)
join engaged as e on s.program = e.program and s.person_key = e.person_key and e.submitted_at <= s.submitted_at
where s.is_met and not s.person_key_crowded
group by s.no
