-- Events of given leads and contacts, or of a person by key. One row per event.
select id from events
where lead in (select unnest($leads::varchar[])) or contact in (select unnest($contacts::varchar[]))
    or person_key in (select unnest($keys::varchar[]))
order by id
