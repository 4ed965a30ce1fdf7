-- Partners that have sent leads. One row per partner.
select
    leads.partner,
    coalesce(any_value(partners.name),
        nullif(concat_ws(' ', any_value(partners.first_name), any_value(partners.last_name)), ''), leads.partner)
        as partner_name,
    count(*) as leads
from evaluations
join leads on leads.id = evaluations.lead
left join partners on partners.id = leads.partner
where $program::varchar is null or evaluations.program = $program
group by leads.partner
order by lower(partner_name), leads.partner
