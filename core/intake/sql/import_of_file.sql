-- When and from which file an import came that stands. At most one row.
select imported_at, file_name, id from imports where starts_with(id, $file) and taken_back_at is null
