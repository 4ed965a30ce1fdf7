-- What people answered about given near matches. One row per answer.
select * from match_answers where near_match in ($matches)
