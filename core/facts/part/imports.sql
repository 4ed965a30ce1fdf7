-- Given imports. One row per import.
select * from imports where id in ($ids)
