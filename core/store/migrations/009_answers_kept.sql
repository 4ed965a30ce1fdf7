-- Answers about look-alikes are only appended, as all that decides. Their notes alone can be emptied, where a person is
-- erased.

create trigger match_answers_kept after update of id, near_match, answer, decided_by, happened_at, recorded_at
on match_answers for each statement insert into append_only values (1);
create trigger match_answers_whole after delete on match_answers for each statement insert into append_only values (1);
