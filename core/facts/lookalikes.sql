-- Leads whose organization's domain is spelled to be taken for another, or whose partner gave payee details that another
-- partner gave too, as long as nobody has answered. One row per such lead.
with alike as (
    select s.no, true as has_lookalike_domain, false as has_shared_payee_details
    from subject as s
    join near as n on n.is_lookalike and s.org_key = n.key_number
    where s.program in (select program from asking)
    union all
    select s.no, true, false
    from subject as s
    join near as n on n.is_lookalike and s.email_org_key = n.key_number
    where s.program in (select program from asking)
    union all
    select s.no, false, true
    from subject as s
    join near as n on n.kind = 'partner' and s.partner = n.key
    where s.program in (select program from asking)
)

select no, bool_or(has_lookalike_domain) as has_lookalike_domain, bool_or(has_shared_payee_details) as has_shared_payee_details
from alike
group by no
