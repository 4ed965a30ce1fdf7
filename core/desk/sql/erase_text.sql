-- Put a word in the place of one text of given rows of a table. The names stored_rows, stored_text and row_id are put in.
update stored_rows set stored_text = $word where row_id in (select unnest($ids::varchar[]))
