-- Which of given near matches were ever proposed. One row per near match.
select id from near_matches where id in (select unnest($ids))
