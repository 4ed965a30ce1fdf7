-- Refused rows of an import, in the order of the file; $most of them, or all. One row per refused row.
select row_number as row, refused_column as "column", reason, cells
from import_refusals
where import = $import
order by row_number
limit $most
