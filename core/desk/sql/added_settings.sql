-- Settings that were added behind a given row. One row per setting and first day.
select name, effective_on from settings where rowid > $settings
