-- One standing view. One row or none.
select person, is_shared, program from saved_views where id = $view and id not in (select id from voids)
