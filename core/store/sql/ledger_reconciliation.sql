-- Whether everything earned is paid, open, clawed back or no longer owed.
-- One row per partner, program, currency and month.
select r.*, coalesce(p.partner_name, r.partner) as partner_name
from reconciliation as r
left join partner_names as p on r.partner = p.partner
where $program::varchar is null or r.program = $program
order by r.partner, r.program, r.currency, r.period
