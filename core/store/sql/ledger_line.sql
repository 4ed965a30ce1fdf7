-- One line as it counts now. One row or none.
select l.*, l.kind <> 'adjustment' and l.computed_amount is distinct from l.amount as is_computed_otherwise,
    coalesce(p.name, nullif(concat_ws(' ', p.first_name, p.last_name), ''), l.partner) as partner_name
from lines as l
left join partners as p on l.partner = p.id
where l.id = $line
