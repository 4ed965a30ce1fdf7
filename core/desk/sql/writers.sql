-- Who stands in the journal, and what they did there. One row per person and action.
select person, action, count(*) as entries from journal group by person, action order by person, action
