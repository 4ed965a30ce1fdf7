-- One page of the leads behind one mark of a chart, the latest first. One row per lead.
with days as (
    select unnest($age_programs::varchar[]) as program, unnest($at_risk_until::date[]) as at_risk_until
),

found as (
    select s.*, count(*) over () as found
    from scope as s
    join days as d on d.program = s.program
    where s.is_chosen
        and ($step::integer is null or s.step >= $step)
        and ($disposition::varchar is null or s.disposition = $disposition)
        and ($reason::varchar is null or coalesce(s.reason, 'unknown') = $reason)
        and ($waits_in::varchar is null or s.waits_in = $waits_in)
        and ($of_program::varchar is null or s.program = $of_program)
        and ($of_partner::varchar is null or s.partner = $of_partner)
        and ($of_channel::varchar is null or s.channel = $of_channel)
        and ($of_month::varchar is null or strftime(s.month, '%Y-%m') = $of_month)
        and ($age::integer is null or (s.age = $age and s.worker is not distinct from $worker))
        and ($place::integer is null or s.lead in (
            select e.lead from evaluations as e where e.disposition = 'pending' and substr(e.verdicts, $place, 1) = 'U'
        ))
        and ($clock::varchar is null or s.lead in (
            select c.lead from clocks as c
            where c.clock = $clock
                and case $standing::varchar
                    when 'met' then c.state = 'met'
                    when 'late' then c.state in ('missed', 'lapsed')
                    when 'at risk' then c.state = 'running' and c.due_on <= d.at_risk_until
                    else c.state = 'running' and c.due_on > d.at_risk_until
                end
        ))
        and ($currency::varchar is null or s.lead in (
            select p.lead from payouts_owed as p
            where p.currency = $currency and p.status in ('payable', 'blocked')
                and case $owed_status::varchar
                    when 'unknown' then p.amount is null
                    else p.status = $owed_status and p.amount is not null
                end
                and case $due::varchar
                    when 'overdue' then p.is_overdue
                    when 'none' then p.due_on is null
                    else not p.is_overdue and strftime(p.due_on, '%Y-%m') = $due
                end
        ))
),

shown as (
    select * from found order by submitted_at desc, lead limit $size offset $start
)

select
    shown.lead, shown.program, shown.disposition, shown.reason, shown.submitted_at, shown.channel, shown.found,
    contacts.full_name, contacts.email, coalesce(organizations.name, contacts.company) as company,
    coalesce(partners.name, nullif(concat_ws(' ', partners.first_name, partners.last_name), ''), shown.partner)
        as partner_name
from shown
join leads on leads.id = shown.lead
left join contacts on contacts.id = leads.contact
left join organizations on organizations.id = leads.org
left join partners on partners.id = shown.partner
order by shown.submitted_at desc, shown.lead
