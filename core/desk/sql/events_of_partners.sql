-- What was told about how given partners are paid. One row per event.
select id from events
where partner in (select unnest($partners::varchar[])) and lead is null
    and type in ('payee_details_provided', 'payee_change_requested', 'wire_requested')
order by id
