-- Answers with a note to given questions about look-alikes. One row per answer.
select id from match_answers where near_match in (select unnest($matches::varchar[])) and note is not null order by id
