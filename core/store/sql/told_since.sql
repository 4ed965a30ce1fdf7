-- Leads with lines of which an event told a payment that came true since an instant. One row per lead.
select distinct lead from payouts_told
where happened_at > $since and happened_at <= (select max(as_of) from evaluation_runs)
    and lead in (select lead from earning_lines)
