-- Settlements with a note of cases in which given leads stand, on either side. One row per settlement.
select s.id
from conflict_settlements as s
left join conflict_cases as c on s.conflict_case = c.id
where s.note is not null and (
    s.lead in (select unnest($leads::varchar[])) or c.lead in (select unnest($leads::varchar[]))
    or c.other_lead in (select unnest($leads::varchar[]))
)
