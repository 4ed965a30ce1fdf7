-- Of `stored_rows`, the records that are chosen. One row per record.
select * from stored_rows where id in (select record from chosen where source = 'stored_rows')
