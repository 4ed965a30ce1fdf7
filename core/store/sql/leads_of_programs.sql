-- Leads of given programs that came from an instant on. One row per lead.
select id as lead from leads where program in ($programs) and submitted_at >= $since
