-- How often a file was imported and taken back. One row.
select count(*) as times from imports where starts_with(id, $file) and taken_back_at is not null
