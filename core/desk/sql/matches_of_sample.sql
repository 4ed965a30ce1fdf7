-- Questions about look-alikes in which a record of the sample is one of the two, also those that came later than it.
-- One row per question.
select id from near_matches
where (left_table = 'contacts' and regexp_full_match(left_record, 'K1[0-9]{6,}'))
    or (right_table = 'contacts' and regexp_full_match(right_record, 'K1[0-9]{6,}'))
    or (left_table = 'organizations' and regexp_full_match(left_record, 'O1[0-9]{6,}'))
    or (right_table = 'organizations' and regexp_full_match(right_record, 'O1[0-9]{6,}'))
    or (left_table = 'partners' and regexp_full_match(left_record, '[ASP][1-9][0-9]{2,}'))
    or (right_table = 'partners' and regexp_full_match(right_record, '[ASP][1-9][0-9]{2,}'))
