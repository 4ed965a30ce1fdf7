-- Partners that have sent leads. One row per partner.
with sent as (
    select leads.partner, count(*) as leads
    from leads
    where ($program::varchar is null or leads.program = $program)
        and leads.id in (select lead from evaluations)
    group by leads.partner
)

select
    sent.partner,
    coalesce(partners.name, nullif(concat_ws(' ', partners.first_name, partners.last_name), ''), sent.partner)
        as partner_name,
    sent.leads
from sent
left join partners on partners.id = sent.partner
order by lower(partner_name), sent.partner
