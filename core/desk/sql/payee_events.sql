-- What was told about how a partner is paid. One row per event that stands.
select id, decided_by, import from events
where partner = $partner and type in ('payee_details_provided', 'payee_change_requested', 'wire_requested')
    and id not in (select id from voids)
order by id
