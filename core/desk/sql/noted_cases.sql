-- Cases with a note in which given leads stand, on either side. One row per case.
select id from conflict_cases
where (lead in (select unnest($leads::varchar[])) or other_lead in (select unnest($leads::varchar[])))
    and note is not null
