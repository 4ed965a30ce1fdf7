-- Lines by their ids as they count now, in the order of a page. One row per line.
select
    l.*, coalesce(p.partner_name, l.partner) as partner_name,
    l.kind <> 'adjustment' and l.computed_amount is distinct from l.amount as is_computed_otherwise
from kept_lines as l
left join partner_names as p on l.partner = p.partner
where l.id in ($ids)
order by l.state in ('paid', 'void'), if(l.state in ('paid', 'void'), null, l.due_on) nulls last, l.earned_on desc,
    l.recorded_at desc, l.id
