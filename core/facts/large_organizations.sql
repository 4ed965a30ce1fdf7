-- Leads of organizations that very many leads name, each beside its organization's key. One row per lead and key.
-- is_alone: no lead of the same person came before it or with it.
with keys as (
    select no, org_key as key from subject where is_met and org_key is not null and not org_key_crowded
    union
    select no, email_org_key from subject where is_met and email_org_key is not null and not org_key_crowded
),

large as (
    select key from keys group by key having count(*) > 100
)

select
    k.key, k.no, s.person_key,
    s.person_key is null or not exists (
        select 1 from subject as o
        where o.person_key = s.person_key and o.no <> s.no and o.submitted_at <= s.submitted_at
    ) as is_alone
from keys as k
join large using (key)
join subject as s on k.no = s.no
