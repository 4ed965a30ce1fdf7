-- An import by its id. At most one row.
select file_name, taken_back_at, program from imports where id = $import
