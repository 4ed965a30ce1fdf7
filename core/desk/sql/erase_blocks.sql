-- Takes away what the look-alikes keep of contacts.
delete from match_blocks where source = 'contacts' and record in (select unnest($contacts::varchar[]))
