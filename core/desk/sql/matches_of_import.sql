-- Questions about records of an import; where one was answered, the import is not taken back. One row per near match.
select id from near_matches
where import = $import
    or (left_table = 'contacts' and left_record in (select id from contacts where import = $import))
    or (right_table = 'contacts' and right_record in (select id from contacts where import = $import))
    or (left_table = 'organizations' and left_record in (select id from organizations where import = $import))
    or (right_table = 'organizations' and right_record in (select id from organizations where import = $import))
    or (left_table = 'partners' and left_record in (select id from partners where import = $import))
    or (right_table = 'partners' and right_record in (select id from partners where import = $import))
