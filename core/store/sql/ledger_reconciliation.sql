-- Whether everything earned is paid, open, clawed back or no longer owed. One row per partner, program, currency and month.
select r.*, coalesce(p.name, nullif(concat_ws(' ', p.first_name, p.last_name), ''), r.partner) as partner_name
from reconciliation as r
left join partners as p on r.partner = p.id
where $program::varchar is null or r.program = $program
order by r.partner, r.program, r.currency, r.period
