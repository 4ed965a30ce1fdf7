-- One line as it counts now. One row or none.
select l.*, l.kind <> 'adjustment' and l.computed_amount is distinct from l.amount as is_computed_otherwise,
    coalesce(p.partner_name, l.partner) as partner_name
from lines as l
left join partner_names as p on l.partner = p.partner
where l.id = $line
