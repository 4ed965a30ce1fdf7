-- Takes away what the look-alikes keep of the records of an import.
delete from match_blocks
where (source = 'contacts' and record in (select id from contacts where import = $import))
    or (source = 'organizations' and record in (select id from organizations where import = $import))
    or (source = 'partners' and record in (select id from partners where import = $import))
