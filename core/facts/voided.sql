-- Events and verdicts that had been taken back by then: they count as never told. One row per such row.
select relation, id from voids where recorded_at <= $known_at and relation in ('events', 'verdicts')
