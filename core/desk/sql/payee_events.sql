-- What was told about how given partners are paid. One row per event that stands.
select partner, id from events
where partner in (select unnest($partners::varchar[]))
    and type in ('payee_details_provided', 'payee_change_requested', 'wire_requested')
    and id not in (select id from voids)
order by partner, id
