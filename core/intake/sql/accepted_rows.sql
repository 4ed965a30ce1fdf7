-- Rows of a file that were accepted when it was imported. One row per accepted row.
select row_number from import_rows where import = $import
