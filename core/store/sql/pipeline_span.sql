-- The first and the last instant at which a lead came in. One row.
select min(submitted_at) as first_at, max(submitted_at) as last_at from leads
