-- Marks an import as taken back. Its record stays.
update imports set taken_back_at = $now, taken_back_by = $by where id = $import
