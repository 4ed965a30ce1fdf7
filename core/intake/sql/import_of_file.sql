-- When and from which file an import came. At most one row.
select imported_at, file_name from imports where id = $import
