-- A partner by name. One row or none.
select coalesce(name, nullif(concat_ws(' ', first_name, last_name), ''), id) as name from partners where id = $partner
