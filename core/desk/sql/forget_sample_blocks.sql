-- Takes away what the look-alikes keep of the records of the sample.
delete from match_blocks
where (source = 'contacts' and regexp_full_match(record, 'K1[0-9]{6,}'))
    or (source = 'organizations' and regexp_full_match(record, 'O1[0-9]{6,}'))
    or (source = 'partners' and regexp_full_match(record, '[ASP][1-9][0-9]{2,}'))
