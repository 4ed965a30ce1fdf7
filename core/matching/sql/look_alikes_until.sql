-- What look_alikes.sql follows from, in short: as long as this row is the same, so are they.
select p.*, a.*, l.*
from (select count(*) as proposed, max(recorded_at) as proposed_at from near_matches) as p
cross join (select count(*) as answered, max(recorded_at) as answered_at from match_answers) as a
cross join (select count(*) as leads, max(recorded_at) as recorded_at from leads) as l
