-- Other partners that the company itself introduced into the account of a lead while its partner owned it. One row per
-- lead and introduction.
select s.no, e.happened_at as introduced_at
from standings as p
join subject as s on p.no = s.no
join naming as e on s.org_key = e.org_key
where s.program in (select program from asking)
    and e.type = 'partner_introduced' and e.decided_by = 'celigo' and e.partner <> s.partner
    and e.happened_at >= p.accepted_at and coalesce(e.happened_at < p.freed_at, true)
    and e.happened_at <= s.as_of
